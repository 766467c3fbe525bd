/** How old what is shown may be. */
export interface Freshness {
  /** What the feed says is wrong, or null. */
  readonly problem: string | null;
  /** Milliseconds since the problem was first seen; 0 without one. */
  readonly age: number;
}

/** A problem of the feed, and the monotonic time at which it was first seen. */
export interface ProblemSeen {
  readonly text: string;
  readonly since: number;
}

export const fresh: Freshness = { problem: null, age: 0 };

/** From this age on, what is shown counts as stale and says so. */
export const staleAfterMs = 10_000;

export function freshnessOf(seen: ProblemSeen | null, monotonic: number): Freshness {
  return seen === null ? fresh : { problem: seen.text, age: monotonic - seen.since };
}

export function isStale(freshness: Freshness): boolean {
  return freshness.problem !== null && freshness.age >= staleAfterMs;
}
