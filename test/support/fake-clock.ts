import type { Clock } from "../../reconciler/model/clock.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to advance. Timers due meanwhile ring in order of their time, then of
 * their setting; what each sets in motion comes to rest before the next one rings.
 */
export class FakeClock implements Clock {
  readonly #startedAt: number;
  #elapsed = 0;
  #set = 0;
  #timers: Timer[] = [];

  /** 2026-01-01T00:00:00Z, unless told otherwise. */
  constructor(startedAt = Date.UTC(2026, 0, 1)) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  timer(ms: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, ms), order: this.#set, callback };
    this.#set += 1;
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason instanceof Error ? signal.reason : new Error("aborted"));
      };
      const cancel = this.timer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Lets this much time pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (let next = this.#nextUntil(until); next !== undefined; next = this.#nextUntil(until)) {
      const due = next;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#elapsed = Math.max(this.#elapsed, due.at);
      due.callback();
      await settle();
    }
    this.#elapsed = until;
  }

  /** Lets time pass without a timer ringing, as while the process is stopped. The next `advance` rings them late. */
  stall(ms: number): void {
    this.#elapsed += ms;
  }

  /** How many timers are set: what a test of "nothing is left behind" looks at. */
  get pending(): number {
    return this.#timers.length;
  }

  #nextUntil(until: number): Timer | undefined {
    const due = this.#timers.filter((timer) => timer.at <= until);
    return due.sort((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}

/** Promises that wait only for each other have all settled before the event loop turns. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
