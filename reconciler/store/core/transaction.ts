import type { LeaseId, Revision } from "../store.ts";
import type { Bytes } from "./bytes.ts";
import type { Condition } from "./condition.ts";
import { CoreError } from "./core-error.ts";
import { contains, type KeyRange } from "./key-range.ts";
import type { RangeQuery, RangeResult } from "./range-query.ts";
import type { KeyRecord } from "./records.ts";

export interface PutOperation {
  readonly kind: "put";
  readonly key: Bytes;
  /** To keep is to leave what the key has now; it must exist. */
  readonly value: Bytes | { readonly keep: true };
  readonly lease: LeaseId | { readonly keep: true };
}

export interface DeleteOperation {
  readonly kind: "delete";
  readonly range: KeyRange;
}

export interface RangeOperation {
  readonly kind: "range";
  readonly query: RangeQuery;
}

export type CoreOperation = PutOperation | DeleteOperation | RangeOperation;

export type OperationResult =
  | { readonly kind: "put"; readonly before: KeyRecord | null }
  | { readonly kind: "delete"; readonly deleted: readonly KeyRecord[] }
  | ({ readonly kind: "range" } & RangeResult);

export interface CoreTransaction {
  readonly conditions: readonly Condition[];
  readonly success: readonly CoreOperation[];
  readonly failure: readonly CoreOperation[];
}

export interface TransactionOutcome {
  readonly succeeded: boolean;
  readonly revision: Revision;
  readonly results: readonly OperationResult[];
}

/** As etcd: no key is put twice, or put and deleted, by one branch. Empty keys are refused. */
export function checkBranch(operations: readonly CoreOperation[]): void {
  const puts = operations.filter((operation) => operation.kind === "put").map((put) => put.key);
  if (puts.includes("")) throw new CoreError("empty-key");
  if (new Set(puts).size < puts.length) throw new CoreError("duplicate-key");
  for (const operation of operations) {
    if (operation.kind === "delete" && puts.some((key) => contains(operation.range, key))) {
      throw new CoreError("duplicate-key");
    }
  }
}
