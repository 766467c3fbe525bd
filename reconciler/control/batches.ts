/** Wide work in transactions that the store takes, several of them under way at once. */
import { limits } from "../store/store.ts";

/** Well below the store's limit, so that one batch does not hold up a member for long. */
const batchBytes = 512 * 1024;
/** Keys, tags and lengths around a value, rounded up. */
const overheadBytes = 256;
const atOnce = 4;

/** The items in their order, in batches of as many operations and bytes as one transaction should have. */
export function batchesOf<T>(items: readonly T[], valueOf: (item: T) => string): readonly (readonly T[])[] {
  const batches: T[][] = [];
  let last: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(valueOf(item)) + overheadBytes;
    if (last.length === 0 || last.length === limits.operations || bytes + size > batchBytes) {
      last = [];
      batches.push(last);
      bytes = 0;
    }
    last.push(item);
    bytes += size;
  }
  return batches;
}

/**
 * Works on all items, a few at once, and answers in their order. Where one fails no other is begun, and it rejects once
 * nothing is under way any more: nothing goes on behind the caller's back.
 */
export async function severalAtOnce<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const queue = [...items.entries()];
  const answers: R[] = [];
  const next = async (): Promise<void> => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const [index, item] = entry;
      try {
        answers[index] = await work(item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce, queue.length) }, next));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return answers;
}
