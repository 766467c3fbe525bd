import type { Clock } from "../../model/clock.ts";
import { Bell } from "../bell.ts";
import { decodeText, encodeText } from "../core/bytes.ts";
import { CoreError } from "../core/core-error.ts";
import { contains, keysWithPrefix, singleKey, type KeyRange } from "../core/key-range.ts";
import type { ChangesSince } from "../core/key-space.ts";
import type { KeyRecord, RecordChange } from "../core/records.ts";
import type { StoreCore } from "../core/store-core.ts";
import { KeptLease, wholeSeconds } from "../kept-lease.ts";
import {
  StoreError,
  type Change,
  type KeyValue,
  type Lease,
  type Revision,
  type Snapshot,
} from "../store.ts";
import type { Store, Transaction, TransactionResult, WatchEvent } from "../store.ts";
import { checkTransaction } from "../transaction-limits.ts";
import { coreTransaction } from "./core-transaction.ts";
import { directLink, type Link } from "./link.ts";

export interface MemoryStoreOptions {
  /** Shared by all clients of one store. */
  readonly core: StoreCore;
  readonly clock: Clock;
  /** Which store it is; all clients of one core must say the same. */
  readonly storeId?: string;
  readonly link?: Link;
}

/** One event of a watch carries about as much at most; more than one revision only below it. */
const eventBytes = 1024 * 1024;
/** A watch that was cut off looks again so often. */
const retryMs = 1000;

/** One client of an in-memory store. Deterministic: it waits for its link and its clock, and for nothing else. */
export class MemoryStore implements Store {
  readonly #core: StoreCore;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #storeId: string;
  readonly #leases = new Set<KeptLease>();
  readonly #closed = new AbortController();

  constructor({ core, clock, storeId = "1", link = directLink }: MemoryStoreOptions) {
    this.#core = core;
    this.#clock = clock;
    this.#link = link;
    this.#storeId = storeId;
  }

  async get(key: string): Promise<KeyValue | null> {
    if (key === "") throw new StoreError("rejected", "the key is empty");
    const { records } = await this.#read(() => this.#core.range({ range: singleKey(encodeText(key)) }));
    return records.map(keyValue)[0] ?? null;
  }

  async list(prefix: string): Promise<Snapshot> {
    const range = keysWithPrefix(encodeText(prefix));
    return this.#read(() => ({
      storeId: this.#storeId,
      revision: this.#core.revision,
      items: this.#core.range({ range }).records.map(keyValue),
    }));
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    checkTransaction(transaction);
    const wanted = coreTransaction(transaction);
    const { succeeded, revision } = await this.#call(() => this.#core.transact(wanted));
    return { ok: succeeded, revision };
  }

  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const range = keysWithPrefix(encodeText(prefix));
    const bell = new Bell();
    const ends = [signal, this.#closed.signal];
    const isOver = () => ends.some((end) => end.aborted);
    let position = after;
    /** No change in the range is later. */
    let latest = this.#core.revision;
    const unsubscribe = this.#core.subscribe((effect) => {
      if (effect.kind !== "commit") return;
      if (effect.changes.some(({ key }) => contains(range, key))) {
        latest = effect.revision;
        bell.ring();
      } else if (latest <= position) position = Math.max(position, effect.revision);
    });
    for (const end of ends) end.addEventListener("abort", bell.ring);
    try {
      while (!isOver()) {
        const found = await this.#changesSince(position, range);
        if (isOver()) break;
        if (found === "cut off") {
          const cancel = this.#clock.timer(retryMs, bell.ring);
          await bell.wait();
          cancel();
          continue;
        }
        if (found.compacted) {
          yield { type: "relist" };
          return;
        }
        position = Math.max(position, found.revision);
        const changes = found.changes.map(change);
        if (changes.length > 0) yield { type: "changes", revision: found.revision, changes };
        else await bell.wait();
      }
      if (!signal.aborted) throw closedError();
    } finally {
      unsubscribe();
      for (const end of ends) end.removeEventListener("abort", bell.ring);
    }
  }

  async grant(ttlMs: number): Promise<Lease> {
    const askedMs = wholeSeconds(ttlMs) * 1000;
    const grantedAt = this.#clock.monotonic();
    const { id } = await this.#call(() => this.#core.grant(askedMs));
    if (this.#closed.signal.aborted) throw closedError();
    const lease = new KeptLease({
      id,
      ttlMs: askedMs,
      clock: this.#clock,
      grantedAt,
      renew: async () => (await this.#call(() => this.#core.renew(id))) !== null,
      revoke: async () => {
        await this.#call(() => this.#core.revoke(id));
      },
      onEnd: () => this.#leases.delete(lease),
    });
    this.#leases.add(lease);
    return lease;
  }

  close(): Promise<void> {
    this.#closed.abort();
    for (const lease of this.#leases) lease.abandon();
    return Promise.resolve();
  }

  async #changesSince(after: Revision, range: KeyRange): Promise<ChangesSince | "cut off"> {
    try {
      return await this.#read(() => this.#core.changesSince(after, range, this.#core.revision, eventBytes));
    } catch (error) {
      if (error instanceof StoreError && error.code === "unreachable") return "cut off";
      throw error;
    }
  }

  /** Whose answer is lost: nothing is known, and nothing was done that one would have to know of. */
  async #read<T>(operation: () => T): Promise<T> {
    try {
      return await this.#call(operation);
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== "ambiguous") throw error;
      throw new StoreError("unreachable", error.message, { cause: error });
    }
  }

  async #call<T>(operation: () => T): Promise<T> {
    if (this.#closed.signal.aborted) throw closedError();
    try {
      return await this.#link.call(operation);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      const code = error.code === "lease-not-found" ? "lease-gone" : "rejected";
      throw new StoreError(code, error.message, { cause: error });
    }
  }
}

function closedError(): StoreError {
  return new StoreError("unreachable", "the store was closed by its user");
}

function keyValue({ key, value, createRevision, modRevision, lease }: KeyRecord): KeyValue {
  return { key: decodeText(key), value: decodeText(value), createRevision, modRevision, lease };
}

function change({ key, revision, after }: RecordChange): Change {
  if (after === null) return { type: "delete", key: decodeText(key), modRevision: revision };
  return { type: "put", item: keyValue(after) };
}
