import type { Bytes } from "./bytes.ts";

/** The keys from `start` up to, but without, `end`; without end where it is null. */
export interface KeyRange {
  readonly start: Bytes;
  readonly end: Bytes | null;
}

export function singleKey(key: Bytes): KeyRange {
  return { start: key, end: `${key}\0` };
}

/** Every key that starts with `prefix`; all keys where it is empty. */
export function keysWithPrefix(prefix: Bytes): KeyRange {
  return { start: prefix, end: endOfPrefix(prefix) };
}

export function contains(range: KeyRange, key: Bytes): boolean {
  return key >= range.start && (range.end === null || key < range.end);
}

/** The key of a range that can hold only one, else null. */
export function onlyKey(range: KeyRange): Bytes | null {
  return range.end === `${range.start}\0` ? range.start : null;
}

/** The first key after all that start with `prefix`; null where there is none. */
export function endOfPrefix(prefix: Bytes): Bytes | null {
  for (let i = prefix.length - 1; i >= 0; i -= 1) {
    const byte = prefix.charCodeAt(i);
    if (byte < 0xff) return prefix.slice(0, i) + String.fromCharCode(byte + 1);
  }
  return null;
}
