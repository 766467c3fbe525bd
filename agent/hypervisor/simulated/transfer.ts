import type { Clock } from "../../../reconciler/model/clock.ts";

/** A flow of bytes at a fixed rate that can be held up. It counts from the clock; nothing ticks. */
export class Transfer {
  readonly #clock: Clock;
  readonly #bytesPerSecond: number;
  #movedBefore = 0;
  #flowingSince: number | null = null;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, bytesPerSecond: number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  get moved(): number {
    if (this.#flowingSince === null) return this.#movedBefore;
    const seconds = (this.#clock.monotonic() - this.#flowingSince) / 1000;
    return this.#movedBefore + seconds * this.#bytesPerSecond;
  }

  /** Calls back when about `goal` bytes have moved; the callee looks at `moved`, timers being what they are. */
  flowTo(goal: number, arrived: () => void): void {
    this.hold();
    this.#flowingSince = this.#clock.monotonic();
    const seconds = Math.max(0, goal - this.#movedBefore) / this.#bytesPerSecond;
    this.#cancel = this.#clock.timer(Math.ceil(seconds * 1000), arrived);
  }

  hold(): void {
    this.#movedBefore = this.moved;
    this.#flowingSince = null;
    this.#cancel?.();
    this.#cancel = null;
  }
}
