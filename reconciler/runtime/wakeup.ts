import type { Clock } from "../model/clock.ts";
import { abortReason } from "../model/thrown.ts";

/**
 * Says "look again" to any number of loops. A loop takes the mark, looks, then waits for a ring since that mark: what
 * rings while it looks is not missed, and many rings are one.
 */
export class Wakeup {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #rings = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get mark(): number {
    return this.#rings;
  }

  readonly ring = (): void => {
    this.#rings += 1;
    for (const wake of [...this.#waiting]) wake();
  };

  /** Resolves once it rang since `mark`, or after `ms` (null: never by itself); rejects when aborted. */
  wait(mark: number, ms: number | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortReason(signal));
        return;
      }
      if (this.#rings !== mark) {
        resolve();
        return;
      }
      const end = () => {
        cancelTimer();
        signal.removeEventListener("abort", onAbort);
        this.#waiting.delete(wake);
      };
      const wake = () => {
        end();
        resolve();
      };
      const onAbort = () => {
        end();
        reject(abortReason(signal));
      };
      const cancelTimer = ms === null ? () => undefined : this.#clock.timer(ms, wake);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(wake);
    });
  }
}
