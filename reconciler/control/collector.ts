/** When the leader collects: after each new head, and not too often. */
import type { Clock } from "../model/clock.ts";
import type { Log } from "../runtime/log.ts";
import { type Revision, StoreError } from "../store/store.ts";
import { collect, type CollectOptions } from "./collect.ts";

/** The least time between two collections: each reads all objects. */
const paceMs = 600_000;

export interface CollectorTurn {
  /** Of what was written; 0: nothing was. */
  readonly revision: Revision;
  /** When to look again; null: at the next head. */
  readonly wakeInMs: number | null;
}

/** One leadership's. A new leader does not know what the former one left, so it collects at its first turn. */
export class Collector {
  readonly #clock: Clock;
  readonly #log: Log;
  /** The head after which all was collected. */
  #collectedAt: Revision = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Collects where that is due. A store that fails is asked again when the next collection would be due. */
  async turn(head: Revision, options: CollectOptions): Promise<CollectorTurn> {
    if (head === this.#collectedAt) return { revision: 0, wakeInMs: null };
    const now = this.#clock.monotonic();
    if (now < this.#notBefore) return { revision: 0, wakeInMs: this.#notBefore - now };
    this.#notBefore = now + paceMs;
    const collected = await collect(options).catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
      this.#log.warn("old objects could not be collected", { why: error.message });
      return null;
    });
    if (collected?.complete === true) {
      this.#collectedAt = head;
      const { generations, objects } = collected;
      if (generations + objects > 0) this.#log.info("collected old objects", { generations, objects });
      return { revision: collected.revision, wakeInMs: null };
    }
    return { revision: collected?.revision ?? 0, wakeInMs: paceMs };
  }
}
