import type { Clock } from "../reconciler/model/clock.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { decode } from "../reconciler/store/codec.ts";
import {
  type KeyValue,
  type LeaseId,
  type Revision,
  type Store,
  StoreError,
  type WatchEvent,
} from "../reconciler/store/store.ts";
import { backoffMs } from "./retry.ts";

export interface Entry<T> {
  readonly key: string;
  readonly value: T;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  readonly lease: LeaseId;
}

export interface EntryChange<T> {
  readonly before: Entry<T> | null;
  readonly after: Entry<T> | null;
}

export interface KeyViewOptions<T> {
  readonly store: Store;
  /** A folder, or one whole key. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called after each list and each event, with what it changed. */
  readonly onChange: (changes: readonly EntryChange<T>[], revision: Revision) => void;
}

/**
 * The records under a prefix as they were at `revision`, kept up to date by a watch. Behind the store by the time a
 * message takes, and by an outage: whoever acts on it compares revisions in the transaction.
 */
export class KeyView<T extends object> {
  readonly #options: KeyViewOptions<T>;
  readonly #entries = new Map<string, Entry<T>>();
  #revision: Revision = 0;
  #listing = new AbortController();

  constructor(options: KeyViewOptions<T>) {
    this.#options = options;
  }

  /** 0: nothing is known yet. */
  get revision(): Revision {
    return this.#revision;
  }

  get(key: string): Entry<T> | null {
    return this.#entries.get(key) ?? null;
  }

  all(): IterableIterator<Entry<T>> {
    return this.#entries.values();
  }

  /** The store was set back: nothing is known until all is listed anew. A watch would wait for what it once had. */
  relist(): void {
    this.#revision = 0;
    this.#listing.abort(new Error("listed anew"));
  }

  /** Follows the store until aborted, whatever becomes of the connection. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, prefix } = this.#options;
    for (let failures = 0; ;) {
      try {
        await this.#follow(() => (failures = 0), signal);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (!signal.aborted && failures === 0)
          log.warn("lost sight of records", { prefix, error: error.message });
      }
      signal.throwIfAborted();
      if (this.#listing.signal.aborted) continue;
      failures += 1;
      await clock.sleep(backoffMs(failures), signal);
    }
  }

  /** Ends with a relist, an error or an abort. */
  async #follow(onListed: () => void, signal: AbortSignal): Promise<void> {
    const { store, prefix } = this.#options;
    this.#listing = new AbortController();
    const either = AbortSignal.any([signal, this.#listing.signal]);
    const { revision, items } = await store.list(prefix);
    if (either.aborted) return;
    this.#replace(items, revision);
    onListed();
    for await (const event of store.watch(prefix, revision, either)) {
      if (either.aborted || event.type === "relist") return;
      this.#apply(event);
    }
  }

  #replace(items: readonly KeyValue[], revision: Revision): void {
    const present = new Set(items.map((item) => item.key));
    const gone = [...this.#entries.keys()].filter((key) => !present.has(key));
    const changed = items.filter((item) => this.#entries.get(item.key)?.modRevision !== item.modRevision);
    this.#settle(
      [...gone.map((key) => this.#remove(key)), ...changed.map((item) => this.#put(item))],
      revision,
    );
  }

  #apply(event: Extract<WatchEvent, { readonly type: "changes" }>): void {
    const changes = event.changes.map((change) =>
      change.type === "put" ? this.#put(change.item) : this.#remove(change.key),
    );
    this.#settle(changes, event.revision);
  }

  #settle(changes: readonly EntryChange<T>[], revision: Revision): void {
    this.#revision = revision;
    this.#options.onChange(changes, revision);
  }

  /** A record that cannot be read is as good as none for us, and an error for somebody. */
  #put(item: KeyValue): EntryChange<T> {
    const { key, createRevision, modRevision, lease } = item;
    try {
      const before = this.get(key);
      const after = { key, value: decode<T>(item), createRevision, modRevision, lease };
      this.#entries.set(key, after);
      return { before, after };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.log.error("cannot read a record, it is left out", { key, error: error.message });
      return this.#remove(key);
    }
  }

  #remove(key: string): EntryChange<T> {
    const before = this.get(key);
    this.#entries.delete(key);
    return { before, after: null };
  }
}
