import type { Snapshot } from "./snapshot.ts";

/**
 * Milliseconds until the screen changes by time alone: each second while something is counted in seconds, else when
 * the clock in the header shows the next minute.
 */
export function nextTick({ report, digest, freshness, state, now }: Snapshot): number {
  const appliedAt = report?.appliedAt ?? null;
  const isCounting =
    freshness.problem !== null ||
    state.run?.phase === "running" ||
    (digest !== null && digest.stepsUnderWay > 0) ||
    (appliedAt !== null && now - appliedAt < minuteMs);
  return isCounting ? 1000 : minuteMs - (now % minuteMs);
}

const minuteMs = 60_000;
