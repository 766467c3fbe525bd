import type { Bytes } from "./bytes.ts";

/** A chunk that grows beyond this is cut in two: short enough to insert by copying, long enough to be few. */
const chunkMax = 1024;

/**
 * A sorted set of keys: a list of short sorted arrays. Insert, remove and search cost the logarithm of the number of
 * keys plus the copying of one chunk; 100,000 keys in random order go in within some tens of milliseconds.
 */
export class SortedKeys {
  /** None is empty. */
  readonly #chunks: Bytes[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a key that is not there yet. */
  insert(key: Bytes): void {
    this.#size += 1;
    const index = Math.max(0, this.#chunkOf(key));
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      return;
    }
    chunk.splice(lowerBound(chunk, key), 0, key);
    if (chunk.length > chunkMax) this.#chunks.splice(index + 1, 0, chunk.splice(chunkMax / 2));
  }

  /** Takes away a key that is there. */
  remove(key: Bytes): void {
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    const at = chunk === undefined ? -1 : lowerBound(chunk, key);
    if (chunk?.[at] !== key) throw new RangeError("the key is not in the index");
    this.#size -= 1;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** The keys from `start` on, in order. The set must not change meanwhile. */
  *from(start: Bytes): Generator<Bytes, void, undefined> {
    const first = Math.max(0, this.#chunkOf(start));
    for (let index = first; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] ?? [];
      for (let at = index === first ? lowerBound(chunk, start) : 0; at < chunk.length; at += 1) {
        const key = chunk[at];
        if (key !== undefined) yield key;
      }
    }
  }

  /** How many keys are less than `key`; all of them for null, the end of an open range. */
  rank(key: Bytes | null): number {
    if (key === null) return this.#size;
    const index = this.#chunkOf(key);
    let before = 0;
    for (let i = 0; i < index; i += 1) before += this.#chunks[i]?.length ?? 0;
    return before + lowerBound(this.#chunks[index] ?? [], key);
  }

  /** The last chunk whose first key is not greater than `key`; -1 where even the first is. */
  #chunkOf(key: Bytes): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#chunks[middle]?.[0];
      if (first !== undefined && first <= key) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Where `key` is or would be in a sorted array. */
function lowerBound(keys: readonly Bytes[], key: Bytes): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = keys[middle];
    if (at !== undefined && at < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
