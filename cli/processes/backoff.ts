/** A part that ran for so long did not fail because of how it was started. */
export const steadyMs = 60_000;

const firstMs = 200;
const longestMs = 10_000;

/** How long to wait before the next start, after so many failures in a row. */
export function backoffMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
}
