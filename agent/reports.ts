import type { Clock } from "../reconciler/model/clock.ts";
import type { Progress } from "../reconciler/model/step.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { StoreError } from "../reconciler/store/store.ts";
import type { ProgressKey } from "./progress-key.ts";
import { backoffMs, untilStored } from "./retry.ts";
import { Wakeup } from "../reconciler/runtime/wakeup.ts";

export interface ReportsOptions {
  readonly key: ProgressKey;
  readonly clock: Clock;
  readonly log: Log;
  /** Between two live reports. */
  readonly everyMs: number;
}

/**
 * Tells the leader how a step goes: the first live report at once, later ones a while apart and only the latest, and
 * the final one for certain. Live reports that the store does not take are dropped.
 */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #wakeup: Wakeup;
  readonly #ended = new AbortController();
  #latest: Progress | null = null;
  #told: Progress | null = null;
  readonly #live: Promise<void>;

  constructor(options: ReportsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock);
    const either = AbortSignal.any([signal, this.#ended.signal]);
    this.#live = this.#tellLive(either).catch((error: unknown) => {
      if (!either.aborted) throw error;
    });
  }

  /** Live; never waits. */
  tell(progress: Progress): void {
    this.#latest = progress;
    this.#wakeup.ring();
  }

  /** Returns once it is in the store, or nobody wants to know any more. Nothing is told afterwards. */
  async end(progress: Progress, signal: AbortSignal): Promise<void> {
    this.#ended.abort();
    await this.#live;
    const { key, clock, log } = this.#options;
    const attempt = async () => {
      const result = await key.put(progress);
      if (result === "refused") throw new StoreError("unreachable", "the progress changed meanwhile");
    };
    await untilStored(attempt, { clock, log, what: "the end of a step" }, signal);
  }

  async #tellLive(signal: AbortSignal): Promise<void> {
    const { key, clock, log, everyMs } = this.#options;
    for (let failures = 0; ;) {
      const mark = this.#wakeup.mark;
      const next = this.#latest;
      if (next === null || next === this.#told) {
        await this.#wakeup.wait(mark, null, signal);
        continue;
      }
      try {
        await key.put(next);
        this.#told = next;
        failures = 0;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        failures += 1;
        log.debug("a progress report was not taken", { error: error.message });
      }
      await clock.sleep(Math.max(everyMs, failures === 0 ? 0 : backoffMs(failures)), signal);
    }
  }
}
