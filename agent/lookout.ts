import type { Clock } from "../reconciler/model/clock.ts";
import type { Session, Unreadable } from "../reconciler/model/observed.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import type { Revision } from "../reconciler/store/store.ts";
import { type Hypervisor, HypervisorError, type Machine, type Reading } from "./hypervisor/hypervisor.ts";
import { backoffMs } from "./retry.ts";
import { SharedRun } from "./shared-run.ts";
import { Wakeup } from "../reconciler/runtime/wakeup.ts";

/** What the hypervisor showed at one moment. */
export interface Look {
  /** In which life of the node; null: in none that is known. */
  readonly session: Session | null;
  /** Every placement up to this revision was known before the hypervisor was read. */
  readonly seen: Revision;
  /** Which record of the store was known then. */
  readonly storeRecord: Revision;
  /** Epoch milliseconds at which the reading began. */
  readonly readAt: number;
  readonly reading: Reading;
  readonly machine: Machine;
}

export interface LookoutOptions {
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly session: () => Session | null;
  /** Up to which revision placements are known now. */
  readonly seen: () => Revision;
  /** The revision of the store's record that is known now. */
  readonly storeRecord: () => Revision;
  readonly onLook: (look: Look) => void;
  /** No look succeeds any more. */
  readonly onTrouble: () => void;
  readonly log: Log;
  /** Between two looks where nothing says that something changed. */
  readonly everyMs: number;
}

/** A hypervisor that is restarted is back before that. */
const patienceMs = 10_000;

/** Reads the hypervisor for all who ask: one reading at a time, shared by those who asked before it began. */
export class Lookout {
  readonly #options: LookoutOptions;
  readonly #run: SharedRun<Look>;
  readonly #now: Wakeup;
  #latest: Look | null = null;
  /** Since when no look has succeeded. */
  #failing: { readonly at: number; readonly monotonic: number } | null = null;
  #trouble: Unreadable | null = null;

  constructor(options: LookoutOptions, signal: AbortSignal) {
    this.#options = options;
    this.#now = new Wakeup(options.clock);
    this.#run = new SharedRun(() => this.#look(signal));
  }

  /** The last one that succeeded. */
  get latest(): Look | null {
    return this.#latest;
  }

  /** Why the latest is of the past: for a while none has succeeded. */
  get trouble(): Unreadable | null {
    return this.#trouble;
  }

  /** One that began after this call. Fails with the hypervisor's error. */
  fresh(): Promise<Look> {
    return this.#run.fresh();
  }

  /** Something may have changed. */
  readonly lookNow = (): void => {
    this.#now.ring();
  };

  /** Looks now and then, and whenever told to, until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, log } = this.#options;
    for (let failures = 0; ;) {
      const mark = this.#now.mark;
      try {
        await this.fresh();
        failures = 0;
      } catch (error) {
        if (!(error instanceof HypervisorError)) throw error;
        failures += 1;
        if (failures === 1) log.warn("the hypervisor cannot be read", { error: error.message });
      }
      await this.#now.wait(mark, failures === 0 ? everyMs : Math.min(everyMs, backoffMs(failures)), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<Look> {
    const { clock } = this.#options;
    const begun = { at: clock.now(), monotonic: clock.monotonic() };
    try {
      const look = await this.#read(signal);
      this.#failing = null;
      this.#trouble = null;
      this.#options.onLook(look);
      return look;
    } catch (error) {
      if (error instanceof HypervisorError) this.#failed(error, begun);
      throw error;
    }
  }

  #failed(
    { message: why }: HypervisorError,
    begun: { readonly at: number; readonly monotonic: number },
  ): void {
    this.#failing ??= begun;
    const { at: since, monotonic } = this.#failing;
    if (this.#trouble !== null || this.#options.clock.monotonic() - monotonic < patienceMs) return;
    this.#trouble = { since, why };
    this.#options.onTrouble();
  }

  async #read(signal: AbortSignal): Promise<Look> {
    const { hypervisor, clock, session, seen, storeRecord } = this.#options;
    const before = { session: session(), seen: seen(), storeRecord: storeRecord(), readAt: clock.now() };
    const reading = await hypervisor.read(signal);
    const machine = await hypervisor.machine(signal);
    this.#latest = { ...before, reading, machine };
    return this.#latest;
  }
}
