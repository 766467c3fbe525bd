import { unreachable } from "../../model/unreachable.ts";
import type { LeaseId } from "../store.ts";
import type { Bytes } from "./bytes.ts";
import type { KeyRange } from "./key-range.ts";
import { byOrder } from "./order.ts";
import type { KeyRecord } from "./records.ts";

export type Relation = "equal" | "notEqual" | "less" | "greater";

/** What a transaction asks of every key in a range. */
export type Condition = {
  readonly range: KeyRange;
  readonly relation: Relation;
} & (
  | { readonly field: "version" | "createRevision" | "modRevision"; readonly operand: number }
  | { readonly field: "value"; readonly operand: Bytes }
  | { readonly field: "lease"; readonly operand: LeaseId }
);

/**
 * Whether the condition holds for all of `records`, those found in its range. As in etcd: where there is none, it is
 * asked of an absent key, whose numbers are all 0 and for whose value nothing holds.
 */
export function holds(condition: Condition, records: readonly KeyRecord[]): boolean {
  if (records.length > 0)
    return records.every((record) => related(condition.relation, compare(condition, record)));
  return condition.field !== "value" && related(condition.relation, compare(condition, absent));
}

const absent = { version: 0, createRevision: 0, modRevision: 0, lease: "0", value: "" };

function compare(condition: Condition, record: Omit<KeyRecord, "key">): -1 | 0 | 1 {
  switch (condition.field) {
    case "version":
    case "createRevision":
    case "modRevision":
      return byOrder(record[condition.field], condition.operand);
    case "value":
      return byOrder(record.value, condition.operand);
    case "lease":
      return byOrder(BigInt(record.lease), BigInt(condition.operand));
    default:
      return unreachable(condition);
  }
}

function related(relation: Relation, order: -1 | 0 | 1): boolean {
  switch (relation) {
    case "equal":
      return order === 0;
    case "notEqual":
      return order !== 0;
    case "less":
      return order < 0;
    case "greater":
      return order > 0;
    default:
      return unreachable(relation);
  }
}
