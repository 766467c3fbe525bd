import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Calls `work` for each item in order, a slice at a time, and lets everything else have its turn between slices. For
 * work that is quick by itself and comes in thousands: file system calls on files that were just listed cost a fraction
 * of what they cost through the thread pool. Rejects when aborted, between slices.
 */
export async function inSlices<T>(
  items: readonly T[],
  slice: number,
  work: (item: T) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < items.length; start += slice) {
    signal?.throwIfAborted();
    for (const item of items.slice(start, start + slice)) work(item);
    await nextTurn();
  }
}
