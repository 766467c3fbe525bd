import { nextTick } from "node:process";
import type { Clock } from "../reconciler/model/clock.ts";
import { TimerQueue } from "./timer-queue.ts";
import { abortReason } from "../reconciler/model/thrown.ts";

/**
 * A clock that stands still until it is told to advance. Timers due meanwhile ring in order of their time, then of
 * their setting; what each sets in motion comes to rest before the next one rings.
 */
export class VirtualClock implements Clock {
  #startedAt: number;
  readonly #timers = new TimerQueue();
  #elapsed = 0;

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
    // Whole milliseconds, as the machine's own timers count.
    return this.#timers.add(this.#elapsed + Math.max(0, Math.ceil(ms)), callback);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  /** Lets this much time pass. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#elapsed + ms);
  }

  /** Lets time pass up to this monotonic time. */
  async advanceTo(until: number): Promise<void> {
    await settle();
    for (let due = this.#timers.take(until); due !== null; due = this.#timers.take(until)) {
      this.#elapsed = Math.max(this.#elapsed, due.at);
      due.callback();
      await settle();
    }
    this.#elapsed = Math.max(this.#elapsed, until);
  }

  /** Lets time pass without a timer ringing, as while the process is stopped. The next `advance` rings them late. */
  stall(ms: number): void {
    this.#elapsed += ms;
  }

  /** Sets the wall clock, as an administrator does; timers and the monotonic clock do not notice. */
  set(epochMs: number): void {
    this.#startedAt = epochMs - this.#elapsed;
  }

  /** How many timers are set: what a test of "nothing is left behind" looks at. */
  get pending(): number {
    return this.#timers.size;
  }
}

/** `Clock.sleep` for clocks that have only timers. */
export function sleepOn(clock: Pick<Clock, "timer">, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(abortReason(signal));
    };
    const cancel = clock.timer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** A tick comes after all promises that wait only for each other, and costs a third of a turn of the event loop. */
function settle(): Promise<void> {
  settled += 1;
  return new Promise((resolve) => {
    if (settled % giveWayEvery === 0) setImmediate(resolve);
    else nextTick(resolve);
  });
}

/** So often the event loop turns nonetheless: signals and I/O want their turn. */
const giveWayEvery = 512;
let settled = 0;
