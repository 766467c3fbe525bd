import { status } from "@grpc/grpc-js";
import type { RangeResult } from "../core/range-query.ts";
import type { KeyRecord } from "../core/records.ts";
import type { CoreOperation, OperationResult } from "../core/transaction.ts";
import { limits } from "../store.ts";
import {
  condition,
  coreOperation,
  deleteOperation,
  keyValue,
  putOperation,
  rangeQuery,
} from "./conversions.ts";
import type * as messages from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { header, unary, type ServerContext } from "./server-context.ts";

/** etcd's KV service. */
export function kvService(context: ServerContext) {
  const { core, quota } = context;
  const only = (operation: CoreOperation): OperationResult => {
    const [result] = core.transact({ conditions: [], success: [operation], failure: [] }).results;
    if (result === undefined) throw new RangeError("an operation had no result");
    return result;
  };
  return {
    range: unary(context, (request: messages.RangeRequest) =>
      rangeResponse(header(context), request, core.range(rangeQuery(request))),
    ),
    put: unary(context, (request: messages.PutRequest) => {
      checkBytes([request]);
      quota.checkPuts([request]);
      const result = only(putOperation(request));
      return putResponse(header(context), request, result.kind === "put" ? result.before : null);
    }),
    deleteRange: unary(context, (request: messages.DeleteRangeRequest) => {
      const result = only(deleteOperation(request));
      return deleteResponse(header(context), request, result.kind === "delete" ? result.deleted : []);
    }),
    txn: unary(context, (request: messages.TxnRequest) => transact(context, request)),
    compact: unary(context, (request: messages.CompactionRequest): messages.HeaderResponse => {
      core.compact(Number(request.revision));
      return { header: header(context) };
    }),
  };
}

function transact(context: ServerContext, request: messages.TxnRequest): messages.TxnResponse {
  const { compare, success, failure } = request;
  if (Math.max(compare.length, success.length, failure.length) > limits.operations) {
    throw new Refusal(status.INVALID_ARGUMENT, "too many operations in txn request");
  }
  const [puts, otherPuts] = [success.flatMap(putsOf), failure.flatMap(putsOf)];
  checkBytes([...compare, ...puts, ...otherPuts]);
  context.quota.checkPuts(puts, otherPuts);
  const outcome = context.core.transact({
    conditions: compare.map(condition),
    success: success.map(coreOperation),
    failure: failure.map(coreOperation),
  });
  const head = header(context);
  const asked = outcome.succeeded ? success : failure;
  const responses = outcome.results.flatMap((result, index) => {
    const operation = asked[index];
    return operation === undefined ? [] : [responseOp(head, operation, result)];
  });
  return { header: head, succeeded: outcome.succeeded, responses };
}

function responseOp(
  head: messages.Header,
  request: messages.RequestOp,
  result: OperationResult,
): messages.ResponseOp {
  if (request.request === "request_range" && result.kind === "range") {
    return { response_range: rangeResponse(head, request.request_range, result) };
  }
  if (request.request === "request_put" && result.kind === "put") {
    return { response_put: putResponse(head, request.request_put, result.before) };
  }
  if (request.request === "request_delete_range" && result.kind === "delete") {
    return { response_delete_range: deleteResponse(head, request.request_delete_range, result.deleted) };
  }
  throw new RangeError("an operation had another one's result");
}

function rangeResponse(
  head: messages.Header,
  request: messages.RangeRequest,
  { records, more, count }: RangeResult,
): messages.RangeResponse {
  return { header: head, kvs: records.map((record) => keyValue(record, request.keys_only)), more, count };
}

function putResponse(
  head: messages.Header,
  request: messages.PutRequest,
  before: KeyRecord | null,
): messages.PutResponse {
  return { header: head, ...(request.prev_kv && before !== null ? { prev_kv: keyValue(before) } : {}) };
}

function deleteResponse(
  head: messages.Header,
  request: messages.DeleteRangeRequest,
  deleted: readonly KeyRecord[],
): messages.DeleteRangeResponse {
  const previous = request.prev_kv ? deleted.map((record) => keyValue(record)) : [];
  return { header: head, deleted: deleted.length, prev_kvs: previous };
}

function putsOf(operation: messages.RequestOp): readonly messages.PutRequest[] {
  return operation.request === "request_put" ? [operation.request_put] : [];
}

function checkBytes(parts: readonly { readonly key: Buffer; readonly value?: Buffer }[]): void {
  const bytes = parts.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
  if (bytes > limits.requestBytes) throw new Refusal(status.INVALID_ARGUMENT, "request is too large");
}
