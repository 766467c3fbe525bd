import type { Clock } from "../../model/clock.ts";

/** More than this is no drift: somebody has set the clock. */
const setByMs = 10_000;

/** Whether the machine's clock was set while something lasted: then it cannot say that a time of day has come for it. */
export class ClockWatch {
  readonly #clock: Clock;
  /** By what lasts: how far the clock was ahead of the monotonic one when it was seen first. */
  readonly #offsets = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Since this was asked first of it. */
  wasSetDuring(what: string): boolean {
    const offset = this.#clock.now() - this.#clock.monotonic();
    const first = this.#offsets.get(what) ?? offset;
    this.#offsets.set(what, first);
    return Math.abs(offset - first) > setByMs;
  }
}
