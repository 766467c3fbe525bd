import type { Clock } from "../../model/clock.ts";

/** Timers of the machine take no longer delays than some 24 days; a day is long enough to look again. */
const longestDelayMs = 86_400_000;

/** One timer that is set for the earliest of many times. It may ring early: whoever is rung looks and sets it again. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #cancel: (() => void) | null = null;
  #at = Infinity;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings at this monotonic time at the latest. */
  setFor(time: number): void {
    if (time >= this.#at) return;
    this.cancel();
    this.#at = time;
    const delayMs = Math.min(Math.max(0, time - this.#clock.monotonic()), longestDelayMs);
    this.#cancel = this.#clock.timer(delayMs, () => {
      this.#cancel = null;
      this.#at = Infinity;
      this.#ring();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#at = Infinity;
  }
}
