import { limits, StoreError, type Compare, type Operation, type Transaction } from "./store.ts";

/** Room for what surrounds a key and a value in a request: tags, lengths, revision, lease. */
const bytesPerPart = 64;

/**
 * Throws a `StoreError` where a transaction breaks the rules of the port, before anything is sent: so no
 * implementation accepts what another refuses.
 */
export function checkTransaction(transaction: Transaction): void {
  const { compare, then } = transaction;
  if (Math.max(compare.length, then.length) > limits.operations) {
    throw new StoreError(
      "too-large",
      `a transaction has ${then.length} operations and ${compare.length} comparisons; the most is ${limits.operations} of each`,
    );
  }
  const bytes = sum(compare.map(compareBytes)) + sum(then.map(operationBytes));
  if (bytes > limits.requestBytes) {
    throw new StoreError("too-large", `a transaction has ${bytes} bytes; the most is ${limits.requestBytes}`);
  }
  if (compare.some(({ key }) => key === ""))
    throw new StoreError("rejected", "a comparison has an empty key");
  checkKeys(then);
}

/** Each key once, also where a prefix covers it. No empty key; no empty prefix, which would delete the whole store. */
function checkKeys(operations: readonly Operation[]): void {
  const prefixes = operations.flatMap((operation) =>
    "deletePrefix" in operation ? [operation.deletePrefix] : [],
  );
  const named = operations.map(target);
  if (named.includes("")) throw new StoreError("rejected", "a transaction names an empty key or prefix");
  const twice = named.find(
    (key, index) =>
      named.indexOf(key) !== index || prefixes.some((prefix) => key !== prefix && key.startsWith(prefix)),
  );
  if (twice !== undefined) throw new StoreError("rejected", `a transaction names ${twice} twice`);
}

function target(operation: Operation): string {
  if ("put" in operation) return operation.put;
  return "delete" in operation ? operation.delete : operation.deletePrefix;
}

function compareBytes(compare: Compare): number {
  return bytesPerPart + byteLength(compare.key) + ("value" in compare ? byteLength(compare.value) : 0);
}

function operationBytes(operation: Operation): number {
  return (
    bytesPerPart + byteLength(target(operation)) + ("put" in operation ? byteLength(operation.value) : 0)
  );
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
