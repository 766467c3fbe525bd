/**
 * Where many nodes fall silent at once it is the network or the store that failed, or the room: shooting them would make
 * an outage of it. Then nothing is fenced by itself, and somebody is asked.
 */
export interface Presence {
  /** Monotonic milliseconds at which its silence was first seen; null: it lives. */
  readonly silentSince: number | null;
}

/**
 * Two or more, and at least half of those that are expected, fell silent within one grace of each other. `expected`:
 * nodes that were seen alive and are neither flushed nor proven dead.
 */
export function isStorm(expected: readonly Presence[], graceMs: number): boolean {
  const times = expected
    .map(({ silentSince }) => silentSince)
    .filter((since) => since !== null)
    .sort((a, b) => a - b);
  const enough = Math.max(2, expected.length / 2);
  return times.some((first) => times.filter((at) => at >= first && at - first <= graceMs).length >= enough);
}
