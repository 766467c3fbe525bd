import type { Clock } from "../../model/clock.ts";

/**
 * Times of day that are in the records, as moments of this leader's monotonic clock. Each is placed by the time of day at
 * which this leader read it first: a clock that is set afterwards moves none of them.
 */
export class Past {
  readonly #clock: Clock;
  readonly #moments = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.monotonic();
  }

  /** `at`: epoch milliseconds; what is in the future was now. `atMostAgoMs`: it cannot be longer ago, when read first. */
  momentOf(at: number, atMostAgoMs = Number.POSITIVE_INFINITY): number {
    const agoMs = Math.min(Math.max(0, this.#clock.now() - at), atMostAgoMs);
    const moment = this.#moments.get(at) ?? this.now() - agoMs;
    this.#moments.set(at, moment);
    return moment;
  }
}
