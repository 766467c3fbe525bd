const firstMs = 5_000;
const longestMs = 300_000;

/** How long a power device is left alone after so many tries that failed. */
export function backOffMs(failed: number): number {
  return Math.min(firstMs * 2 ** (failed - 1), longestMs);
}
