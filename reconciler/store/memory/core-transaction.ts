import { encodeText } from "../core/bytes.ts";
import type { Condition } from "../core/condition.ts";
import { keysWithPrefix, singleKey } from "../core/key-range.ts";
import { noLease } from "../core/records.ts";
import type { CoreOperation, CoreTransaction } from "../core/transaction.ts";
import type { Compare, Operation, Transaction } from "../store.ts";

/** The port's transaction in the words of the core. */
export function coreTransaction(transaction: Transaction): CoreTransaction {
  return {
    conditions: transaction.compare.map(condition),
    success: transaction.then.map(coreOperation),
    failure: [],
  };
}

function condition(compare: Compare): Condition {
  const range = singleKey(encodeText(compare.key));
  if ("value" in compare)
    return { range, relation: "equal", field: "value", operand: encodeText(compare.value) };
  if ("modRevision" in compare) {
    return { range, relation: "equal", field: "modRevision", operand: compare.modRevision };
  }
  return { range, relation: "equal", field: "createRevision", operand: compare.createRevision };
}

function coreOperation(operation: Operation): CoreOperation {
  if ("put" in operation) {
    const { put, value, lease = noLease } = operation;
    return { kind: "put", key: encodeText(put), value: encodeText(value), lease };
  }
  if ("delete" in operation) return { kind: "delete", range: singleKey(encodeText(operation.delete)) };
  return { kind: "delete", range: keysWithPrefix(encodeText(operation.deletePrefix)) };
}
