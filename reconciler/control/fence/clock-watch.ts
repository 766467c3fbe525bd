import type { Clock } from "../../model/clock.ts";

/** More than this is no drift: somebody has set the clock. */
const setByMs = 10_000;

/** What time it is, in epoch milliseconds, where the clock may have been set while something lasted. */
export interface Times {
  /** By the earlier of the two clocks: that one which was there when it was first seen, and the one that is there now. */
  readonly earliest: number;
  /** By the later one; the same, where the clock was not set. */
  readonly latest: number;
}

/** Goes on counting by the clock that was there when something first was to end. */
export class ClockWatch {
  readonly #clock: Clock;
  /** How far the clock was ahead of the monotonic one; null: nothing is to end. */
  #offset: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param endsByTime whether anything is to end at a time of day; while nothing is, the clock is believed */
  times(endsByTime: boolean): Times {
    const now = this.#clock.now();
    const monotonic = this.#clock.monotonic();
    this.#offset = endsByTime ? (this.#offset ?? now - monotonic) : null;
    const unset = monotonic + (this.#offset ?? now - monotonic);
    if (Math.abs(now - unset) <= setByMs) return { earliest: now, latest: now };
    return { earliest: Math.min(now, unset), latest: Math.max(now, unset) };
  }
}
