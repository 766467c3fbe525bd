/**
 * One process of a simulated machine, as far as it can be stopped and cut off: its clock, and its way to the store.
 * While it is paused nothing of it moves: its timers ring late and answers wait, as after SIGSTOP; time goes on.
 */
import type { Clock } from "../reconciler/model/clock.ts";
import type { Link } from "../reconciler/store/memory/link.ts";
import { StoreError } from "../reconciler/store/store.ts";
import { sleepOn } from "./virtual-clock.ts";

export interface ProcessOptions {
  readonly clock: Clock;
  /** How long a message to or from the store is under way now. */
  readonly messageMs: () => number;
  /** Whether messages get through now. */
  readonly reachesStore: () => boolean;
}

/** How long a caller waits for an answer that does not come. */
const answerWithinMs = 2_000;

export class SimulatedProcess {
  readonly clock: Clock;
  readonly link: Link;
  readonly #options: ProcessOptions;
  #paused = false;
  #ended = false;
  #held: (() => void)[] = [];

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { clock } = options;
    const timer = (ms: number, callback: () => void) => this.#timer(ms, callback);
    this.clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      timer,
      sleep: (ms, signal) => sleepOn({ timer }, ms, signal),
    };
    this.link = { call: (operation) => this.#call(operation) };
  }

  pause(): void {
    this.#paused = true;
  }

  /** What waited happens now, in its order. */
  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const callback of held) this.whenRunning(callback);
  }

  /** As SIGKILL: from now on nothing of it moves. */
  end(): void {
    this.#ended = true;
    this.#held = [];
  }

  /** At once; while it is paused, as soon as it goes on. */
  whenRunning(callback: () => void): void {
    if (this.#ended) return;
    if (this.#paused) this.#held.push(callback);
    else callback();
  }

  #timer(ms: number, callback: () => void): () => void {
    let wanted = true;
    const cancel = this.#options.clock.timer(ms, () => {
      this.whenRunning(() => {
        if (wanted) callback();
      });
    });
    return () => {
      wanted = false;
      cancel();
    };
  }

  /** A request and its answer, each a message; one that is lost shows as silence. */
  async #call<T>(operation: () => T): Promise<T> {
    await this.#travel("unreachable");
    const outcome = attempt(operation);
    await this.#travel("ambiguous");
    if (outcome.ok) return outcome.value;
    throw outcome.error;
  }

  async #travel(lost: "unreachable" | "ambiguous"): Promise<void> {
    const { reachesStore } = this.#options;
    const messageMs = this.#options.messageMs();
    if (messageMs > 0 || this.#paused) await this.#delay(messageMs);
    if (reachesStore()) return;
    await this.#delay(answerWithinMs);
    throw new StoreError(lost, "the store does not answer");
  }

  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timer(ms, resolve);
    });
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
