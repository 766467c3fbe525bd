import type { Clock } from "../../model/clock.ts";

/** More than this is no drift: somebody has set the clock. */
const setByMs = 10_000;

/** Whether the machine's clock was set since this was made: then it cannot say that a time of day has come. */
export class ClockWatch {
  readonly #clock: Clock;
  readonly #offset: number;
  #wasSet = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  isDoubtful(): boolean {
    const moved = this.#clock.now() - this.#clock.monotonic() - this.#offset;
    if (Math.abs(moved) > setByMs) this.#wasSet = true;
    return this.#wasSet;
  }
}
