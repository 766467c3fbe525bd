import { status } from "@grpc/grpc-js";
import { fromBuffer, toBuffer, type Bytes } from "../core/bytes.ts";
import type { Condition, Relation } from "../core/condition.ts";
import { CoreError } from "../core/core-error.ts";
import { singleKey, type KeyRange } from "../core/key-range.ts";
import type { RangeQuery, SortField } from "../core/range-query.ts";
import type { KeyRecord } from "../core/records.ts";
import type { CoreOperation } from "../core/transaction.ts";
import type {
  CompareMessage,
  DeleteRangeRequest,
  KeyValueMessage,
  PutRequest,
  RangeRequest,
  RequestOp,
} from "./messages.ts";
import { Refusal } from "./refusal.ts";

/** etcd's way to say a range: no end is one key, an end of one zero byte is no end. */
export function keyRange(key: Buffer, rangeEnd: Buffer): KeyRange {
  const start = keyOf(key);
  if (rangeEnd.length === 0) return singleKey(start);
  return { start, end: rangeEnd.length === 1 && rangeEnd[0] === 0 ? null : fromBuffer(rangeEnd) };
}

export function keyValue(record: KeyRecord, keysOnly = false): KeyValueMessage {
  return {
    key: toBuffer(record.key),
    create_revision: record.createRevision,
    mod_revision: record.modRevision,
    version: record.version,
    value: keysOnly ? Buffer.alloc(0) : toBuffer(record.value),
    lease: record.lease,
  };
}

const sortFields: readonly SortField[] = ["key", "version", "createRevision", "modRevision", "value"];

export function rangeQuery(request: RangeRequest): RangeQuery {
  const revision = Number(request.revision);
  const by = sortFields[request.sort_target] ?? "key";
  const sorted = request.sort_order !== 0 || by !== "key";
  return {
    range: keyRange(request.key, request.range_end),
    ...(revision > 0 ? { revision } : {}),
    limit: Number(request.limit),
    ...(sorted ? { sort: { by, order: request.sort_order === 2 ? "descending" : "ascending" } } : {}),
    ...revisionBounds("modRevision", request.min_mod_revision, request.max_mod_revision),
    ...revisionBounds("createRevision", request.min_create_revision, request.max_create_revision),
    countOnly: request.count_only,
  };
}

function revisionBounds(
  field: "modRevision" | "createRevision",
  min: string,
  max: string,
): Partial<RangeQuery> {
  if (min === "0" && max === "0") return {};
  return { [field]: { min: Number(min), max: Number(max) } };
}

export function putOperation(request: PutRequest): CoreOperation {
  if (request.ignore_value && request.value.length > 0) {
    throw new Refusal(status.INVALID_ARGUMENT, "value is provided");
  }
  if (request.ignore_lease && request.lease !== "0")
    throw new Refusal(status.INVALID_ARGUMENT, "lease is provided");
  return {
    kind: "put",
    key: keyOf(request.key),
    value: request.ignore_value ? { keep: true } : fromBuffer(request.value),
    lease: request.ignore_lease ? { keep: true } : request.lease,
  };
}

export function deleteOperation(request: DeleteRangeRequest): CoreOperation {
  return { kind: "delete", range: keyRange(request.key, request.range_end) };
}

export function coreOperation(message: RequestOp): CoreOperation {
  switch (message.request) {
    case "request_range":
      return { kind: "range", query: rangeQuery(message.request_range) };
    case "request_put":
      return putOperation(message.request_put);
    case "request_delete_range":
      return deleteOperation(message.request_delete_range);
    case "request_txn":
      throw new Refusal(status.UNIMPLEMENTED, "a transaction within a transaction is not supported here");
    case undefined:
    default:
      throw new Refusal(status.INVALID_ARGUMENT, "an operation is empty");
  }
}

const relations: readonly Relation[] = ["equal", "greater", "less", "notEqual"];
const countedFields = ["version", "createRevision", "modRevision"] as const;

export function condition(message: CompareMessage): Condition {
  const range = keyRange(message.key, message.range_end);
  const relation = relations[message.result];
  if (relation === undefined) throw new Refusal(status.INVALID_ARGUMENT, "a comparison is of no known kind");
  if (message.target === 3)
    return { range, relation, field: "value", operand: fromBuffer(message.value ?? Buffer.alloc(0)) };
  if (message.target === 4) return { range, relation, field: "lease", operand: message.lease ?? "0" };
  const field = countedFields[message.target];
  if (field === undefined) throw new Refusal(status.INVALID_ARGUMENT, "a comparison has no known target");
  const operands = {
    version: message.version,
    createRevision: message.create_revision,
    modRevision: message.mod_revision,
  };
  return { range, relation, field, operand: Number(operands[field] ?? 0) };
}

function keyOf(key: Buffer): Bytes {
  if (key.length === 0) throw new CoreError("empty-key");
  return fromBuffer(key);
}
