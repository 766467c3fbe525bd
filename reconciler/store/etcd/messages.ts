import type { ICompare, IEvent, IKeyValue, IRequestOp, ITxnRequest } from "etcd3";
import { endOfPrefix } from "../core/key-range.ts";
import { fromBuffer, toBuffer } from "../core/bytes.ts";
import type { Change, Compare, KeyValue, Operation, Revision, Transaction } from "../store.ts";

export interface WireRange {
  readonly key: Buffer;
  readonly range_end: Buffer;
}

const zeroByte = Buffer.from([0]);

/** All keys with a prefix. On the wire one zero byte stands for the first key, and for no end. */
export function prefixRange(prefix: string): WireRange {
  const key = prefix === "" ? zeroByte : Buffer.from(prefix);
  const end = prefix === "" ? null : endOfPrefix(fromBuffer(key));
  return { key, range_end: end === null ? zeroByte : toBuffer(end) };
}

/** The rest of a range, after a key. */
export function rangeAfter(range: WireRange, key: Buffer): WireRange {
  return { key: Buffer.concat([key, zeroByte]), range_end: range.range_end };
}

export function keyValue(message: IKeyValue): KeyValue {
  return {
    key: message.key.toString(),
    value: message.value.toString(),
    createRevision: Number(message.create_revision),
    modRevision: Number(message.mod_revision),
    lease: message.lease,
  };
}

export function modRevision(event: IEvent): Revision {
  return Number(event.kv.mod_revision);
}

export function change(event: IEvent): Change {
  if (event.type === "Put") return { type: "put", item: keyValue(event.kv) };
  return { type: "delete", key: event.kv.key.toString(), modRevision: modRevision(event) };
}

export function txnRequest(transaction: Transaction): ITxnRequest {
  return { compare: transaction.compare.map(compareMessage), success: transaction.then.map(requestOp) };
}

function compareMessage(compare: Compare): ICompare {
  const key = Buffer.from(compare.key);
  if ("value" in compare) return { key, result: "Equal", target: "Value", value: Buffer.from(compare.value) };
  if ("modRevision" in compare)
    return { key, result: "Equal", target: "Mod", mod_revision: compare.modRevision };
  return { key, result: "Equal", target: "Create", create_revision: compare.createRevision };
}

function requestOp(operation: Operation): IRequestOp {
  if ("put" in operation) {
    const { put, value, lease } = operation;
    return {
      request_put: {
        key: Buffer.from(put),
        value: Buffer.from(value),
        ...(lease === undefined ? {} : { lease }),
      },
    };
  }
  if ("delete" in operation) return { request_delete_range: { key: Buffer.from(operation.delete) } };
  return { request_delete_range: { ...prefixRange(operation.deletePrefix) } };
}
