/**
 * One process's memory of its store: looks every two seconds whether the store is still the one that it was, and
 * remembers across restarts the highest that it ever saw. A store that was set back to an older backup, or replaced,
 * would have old steps carried out again; so whoever finds out freezes it, for all, until a human has accepted it.
 */
import type { Clock } from "../../model/clock.ts";
import type { StoreFreeze, StoreMark, StoreRecord } from "../../model/store-record.ts";
import type { Log } from "../../runtime/log.ts";
import { Wakeup } from "../../runtime/wakeup.ts";
import { encode } from "../codec.ts";
import { type Compare, type Revision, type Store, StoreError } from "../store.ts";
import { raised, type Sighting, sightingOf, wentBack, whyNotTheSame } from "./mark.ts";
import type { MarkFile } from "./mark-file.ts";
import type { StoreTrust, TrustListener, TrustState } from "./trust.ts";

export interface StoreMemoryOptions {
  readonly store: Store;
  /** Of the store's record. */
  readonly key: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly file: MarkFile;
  /** Who this is, for people: `agent of hv1`. */
  readonly by: string;
}

const lookEveryMs = 2_000;

export class StoreMemory implements StoreTrust {
  readonly #options: StoreMemoryOptions;
  readonly #subscribers = new Set<TrustListener>();
  readonly #wakeup: Wakeup;
  #mark: StoreMark | null;
  #kept: StoreMark | null;
  #state: TrustState = { state: "unknown" };
  #until = new AbortController();
  /** An answer proved that the store went back, whatever a later look finds; until a restore is accepted. */
  #proof: { readonly counter: number; readonly why: string } | null = null;

  /** What was kept is read first: before that, nothing can be compared. @throws what the file throws */
  static async open(options: StoreMemoryOptions): Promise<StoreMemory> {
    return new StoreMemory(options, await options.file.read());
  }

  private constructor(options: StoreMemoryOptions, mark: StoreMark | null) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock);
    this.#mark = mark;
    this.#kept = mark;
  }

  get state(): TrustState {
    return this.#state;
  }

  get until(): AbortSignal {
    return this.#until.signal;
  }

  get epoch(): number {
    return this.#mark?.epoch ?? 0;
  }

  guard(): Compare | null {
    if (this.#state.state !== "trusted") return null;
    return { key: this.#options.key, modRevision: this.#state.record };
  }

  highest(): Revision {
    return this.#mark?.revision ?? 0;
  }

  confirm(highest: Revision, answered: Revision): boolean {
    const mark = this.#mark;
    if (mark === null || this.#state.state !== "trusted") return false;
    if (answered >= highest) {
      this.#mark = { ...mark, revision: Math.max(mark.revision, answered) };
      return true;
    }
    this.#proof = { counter: mark.counter, why: wentBack(highest, answered) };
    this.#become({ state: "unknown" });
    this.#wakeup.ring();
    return false;
  }

  sawEpoch(epoch: number): void {
    if (this.#mark !== null && epoch > this.#mark.epoch) this.#mark = { ...this.#mark, epoch };
  }

  subscribe(callback: TrustListener): () => void {
    this.#subscribers.add(callback);
    return () => this.#subscribers.delete(callback);
  }

  /** Looks until `signal` is aborted; then what was seen is kept. A store that does not answer changes nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    try {
      for (;;) {
        const { mark } = this.#wakeup;
        await this.#look().catch((error: unknown) => {
          if (!(error instanceof StoreError)) throw error;
          log.debug("the store could not be looked at", { why: error.message });
        });
        await this.#keep();
        await this.#wakeup.wait(mark, lookEveryMs, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#keep();
    }
  }

  async #look(): Promise<void> {
    const { store, key } = this.#options;
    const highest = this.#mark;
    const found = sightingOf(await store.list(key), key);
    if (this.#proof !== null && found.record.counter > this.#proof.counter) this.#proof = null;
    const why = this.#proof?.why ?? whyNotTheSame(highest, found);
    if (why !== null && highest !== null) {
      await this.#freeze(why, highest, found);
      return;
    }
    this.#mark = { ...raised(this.#mark, found), epoch: this.epoch };
    const { record, recordRevision } = found;
    this.#become(
      record.frozen === null
        ? { state: "trusted", record: recordRevision }
        : { state: "frozen", record: recordRevision, freeze: record.frozen },
    );
  }

  /** First here, then for all. One who may not write the record, or is overtaken, tries at the next look. */
  async #freeze(why: string, seen: StoreMark, found: Sighting): Promise<void> {
    const { store, key, clock, log, by } = this.#options;
    const { record, recordRevision } = found;
    if (record.frozen !== null && record.frozen.seen.counter >= seen.counter) {
      this.#become({ state: "frozen", record: recordRevision, freeze: record.frozen });
      return;
    }
    const freeze: StoreFreeze = { by, at: clock.now(), why, seen };
    this.#become({ state: "frozen", record: recordRevision, freeze });
    const frozen: StoreRecord = { ...record, frozen: freeze };
    const { ok, revision } = await store.transact({
      compare: [{ key, modRevision: recordRevision }],
      then: [{ put: key, value: encode(frozen) }],
    });
    if (!ok) return;
    log.error("the store is frozen", { why });
    this.#become({ state: "frozen", record: revision, freeze });
  }

  #become(next: TrustState): void {
    const before = this.#state;
    this.#state = next;
    if (before.state === next.state && recordOf(before) === recordOf(next)) return;
    if (next.state === "frozen" && before.state !== "frozen") {
      this.#options.log.warn("nothing is begun: the store may have been set back", { why: next.freeze.why });
    }
    this.#until.abort(new Error("what is known of the store has changed"));
    this.#until = new AbortController();
    // Who came to doubt has had all read anew by then.
    const readAnew = before.state !== "unknown" || next.state !== "trusted";
    for (const callback of [...this.#subscribers]) callback(readAnew);
  }

  /** A disk that fails makes this forgetful, and stops nobody. */
  async #keep(): Promise<void> {
    const { file, log } = this.#options;
    if (this.#mark === null || isSame(this.#mark, this.#kept)) return;
    const mark = this.#mark;
    try {
      await file.write(mark);
      this.#kept = mark;
    } catch (error) {
      log.error("what was seen of the store cannot be kept", { error: String(error) });
    }
  }
}

function recordOf(state: TrustState): Revision | null {
  return state.state === "unknown" ? null : state.record;
}

function isSame(a: StoreMark, b: StoreMark | null): boolean {
  return (
    b !== null &&
    a.storeId === b.storeId &&
    a.counter === b.counter &&
    a.revision === b.revision &&
    a.epoch === b.epoch
  );
}
