/**
 * A process that is stopped and woken as by SIGSTOP and SIGCONT, with the arms that reach out of it: its clock and its
 * way to the store. While it is stopped no timer of it rings and no answer reaches it; time goes on, and what it had
 * sent arrives.
 */
import type { Clock } from "../../../reconciler/model/clock.ts";
import type { Link } from "../../../reconciler/store/memory/link.ts";
import type { Revision, Store, Transaction } from "../../../reconciler/store/store.ts";
import { abortReason } from "../../../reconciler/model/thrown.ts";

/** Where in a write the process is stopped: before it is sent, before it arrives (so much later), or after it. */
export type WritePoint =
  { readonly kind: "before" | "after" } | { readonly kind: "under way"; readonly arrivesInMs: number };

/** A transaction and what the store said of it. */
export interface Write {
  readonly transaction: Transaction;
  readonly ok: boolean;
  readonly revision: Revision;
}

export class PausableProcess {
  readonly clock: Clock;
  readonly link: Link;
  /** Every transaction that was answered. */
  readonly writes: Write[] = [];
  readonly #world: Clock;
  #isStopped = false;
  #late: (() => void)[] = [];
  #waking: (() => void)[] = [];
  #trap: { writesToGo: number; readonly point: WritePoint } | null = null;
  #arrivesInMs: number | null = null;
  #stopsAfterwards = false;

  constructor(world: Clock) {
    this.#world = world;
    const timer = (ms: number, callback: () => void) => this.#timer(ms, callback);
    this.clock = {
      now: () => world.now(),
      monotonic: () => world.monotonic(),
      timer,
      sleep: (ms, signal) => sleepOn(timer, ms, signal),
    };
    this.link = { call: (operation) => this.#call(operation) };
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  stop(): void {
    this.#isStopped = true;
    this.#trap = null;
  }

  /** Stops by itself at this point of the write that comes after so many others. */
  stopAt(point: WritePoint, afterWrites: number): void {
    this.#trap = { writesToGo: afterWrites, point };
  }

  /** What it waited for happens at last: its overdue timers first, or the answers and what it does with them. */
  async wake(first: "timers" | "answers"): Promise<void> {
    this.#isStopped = false;
    const [late, waking] = [this.#late, this.#waking];
    this.#late = [];
    this.#waking = [];
    if (first === "timers") for (const callback of late) callback();
    for (const callback of waking) callback();
    if (first === "timers") return;
    await new Promise((resolve) => setImmediate(resolve));
    for (const callback of late) callback();
  }

  /** The store as this process uses it. */
  storeOf(store: Store): Store {
    return {
      get: (key) => store.get(key),
      list: (prefix) => store.list(prefix),
      watch: (prefix, after, signal) => store.watch(prefix, after, signal),
      grant: (ttlMs) => store.grant(ttlMs),
      close: () => store.close(),
      transact: async (transaction) => {
        this.#spring();
        const result = await store.transact(transaction);
        this.writes.push({ transaction, ...result });
        return result;
      },
    };
  }

  #spring(): void {
    if (this.#trap === null) return;
    if (this.#trap.writesToGo > 0) {
      this.#trap.writesToGo -= 1;
      return;
    }
    const { point } = this.#trap;
    this.#trap = null;
    switch (point.kind) {
      case "before":
        this.#isStopped = true;
        return;
      case "under way":
        this.#arrivesInMs = point.arrivesInMs;
        return;
      case "after":
        this.#stopsAfterwards = true;
        return;
    }
  }

  async #call<T>(operation: () => T): Promise<T> {
    await this.#awake();
    await this.#arrival();
    const outcome = attempt(operation);
    if (this.#stopsAfterwards) this.#isStopped = true;
    this.#stopsAfterwards = false;
    await this.#awake();
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  async #arrival(): Promise<void> {
    const ms = this.#arrivesInMs;
    if (ms === null) return;
    this.#arrivesInMs = null;
    this.#isStopped = true;
    await this.#world.sleep(ms);
  }

  async #awake(): Promise<void> {
    while (this.#isStopped) await new Promise<void>((resolve) => this.#waking.push(resolve));
  }

  #timer(ms: number, callback: () => void): () => void {
    let isWanted = true;
    const ring = (): void => {
      if (!isWanted) return;
      if (this.#isStopped) this.#late.push(ring);
      else callback();
    };
    const cancel = this.#world.timer(ms, ring);
    return () => {
      isWanted = false;
      cancel();
    };
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

function attempt<T>(operation: () => T): Outcome<T> {
  try {
    return { ok: true, value: operation() };
  } catch (error) {
    return { ok: false, error };
  }
}

function sleepOn(timer: Clock["timer"], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(abortReason(signal));
    };
    const cancel = timer(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
