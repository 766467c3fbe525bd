import { type KeyValue, StoreError } from "./store.ts";

/** The format of all records. A reader takes its own and the one before; a newer one is refused, never guessed at. */
export const formatVersion = 1;

/** A record as it is stored: its fields and the format version `v`. */
export function encode(record: object): string {
  return JSON.stringify({ v: formatVersion, ...record });
}

/**
 * The record in a key. What is in the store was put there by one of our own writers, so its version and syntax are
 * checked and its fields are believed.
 *
 * @throws StoreError `rejected`: not JSON, or of a format that this version does not know.
 */
export function decode<T extends object>(item: Pick<KeyValue, "key" | "value">): T {
  const record = parse(item);
  if (typeof record !== "object" || record === null || !("v" in record) || typeof record.v !== "number") {
    throw new StoreError("rejected", `${item.key} holds no record of Evenkeel`);
  }
  if (record.v > formatVersion) {
    throw new StoreError(
      "rejected",
      `${item.key} has format ${String(record.v)}, this version knows up to ${String(formatVersion)}; upgrade keel here first`,
    );
  }
  return record as unknown as T; // The one place where stored text becomes a typed record.
}

function parse(item: Pick<KeyValue, "key" | "value">): unknown {
  try {
    return JSON.parse(item.value);
  } catch (cause) {
    throw new StoreError("rejected", `${item.key} holds no JSON`, { cause });
  }
}
