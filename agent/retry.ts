import type { Clock } from "../reconciler/model/clock.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { StoreError } from "../reconciler/store/store.ts";

const firstMs = 100;
const longestMs = 5_000;

/** The pause after so many failures in a row: doubled each time, up to five seconds. */
export function backoffMs(failures: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 16));
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** What is being tried, for the log. */
  readonly what: string;
}

/** Tries until the store lets it succeed; an outage costs time and nothing else. Other errors are thrown on. */
export async function untilStored<T>(
  attempt: () => Promise<T>,
  { clock, log, what }: RetryOptions,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      signal.throwIfAborted();
      if (failures === 1)
        log.warn("the store does not take it, trying on", { what, code: error.code, error: error.message });
    }
    await clock.sleep(backoffMs(failures), signal);
  }
}
