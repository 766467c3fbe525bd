import type { Clock } from "../../reconciler/model/clock.ts";

export interface LookOptions {
  readonly clock: Clock;
  /** Two looks are at least this far apart. */
  readonly atMostEveryMs: number;
  readonly look: () => void;
}

/** Many "look again" in a short time are one look, soon after the first of them. */
export class LookAgain {
  readonly #options: LookOptions;
  #lookedAt = -Infinity;
  #cancel: (() => void) | null = null;
  #closed = false;

  constructor(options: LookOptions) {
    this.#options = options;
  }

  readonly soon = (): void => {
    if (this.#cancel !== null || this.#closed) return;
    const { clock, atMostEveryMs } = this.#options;
    const waitMs = Math.max(0, this.#lookedAt + atMostEveryMs - clock.monotonic());
    this.#cancel = clock.timer(waitMs, () => {
      this.#cancel = null;
      this.#lookedAt = clock.monotonic();
      this.#options.look();
    });
  };

  close(): void {
    this.#closed = true;
    this.#cancel?.();
  }
}
