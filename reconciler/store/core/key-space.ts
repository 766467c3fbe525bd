import type { LeaseId, Revision } from "../store.ts";
import type { Bytes } from "./bytes.ts";
import { CoreError } from "./core-error.ts";
import { changeBytes, History, type HistoryLimits } from "./history.ts";
import { contains, onlyKey, type KeyRange } from "./key-range.ts";
import { arrange, needsAll, type RangeQuery, type RangeResult } from "./range-query.ts";
import { recordBytes, type KeyRecord, type RecordChange } from "./records.ts";
import { SortedKeys } from "./sorted-keys.ts";

/** An empty etcd is at revision 1; the first transaction that changes something makes revision 2. */
export const firstRevision: Revision = 1;

export interface KeySpaceState {
  readonly revision: Revision;
  readonly records: readonly KeyRecord[];
}

export type ChangesSince =
  | { readonly compacted: false; readonly revision: Revision; readonly changes: readonly RecordChange[] }
  | { readonly compacted: true };

/**
 * Keys, their records and the history of their changes. Writes go to the revision that is being made and are seen by
 * reads at once; `commit` closes it. Pure but for its own state: no time, no leases, no checks of what may be written.
 */
export class KeySpace {
  readonly #records = new Map<Bytes, KeyRecord>();
  readonly #keys = new SortedKeys();
  readonly #history: History;
  #bytes = 0;
  #revision: Revision;
  #open: RecordChange[] = [];

  constructor(limits: HistoryLimits, state?: KeySpaceState) {
    this.#revision = state?.revision ?? firstRevision;
    this.#history = new History(limits, state?.revision ?? 0);
    for (const record of state?.records ?? []) {
      this.#records.set(record.key, record);
      this.#keys.insert(record.key);
      this.#bytes += recordBytes(record);
    }
  }

  /** The last closed revision. */
  get revision(): Revision {
    return this.#revision;
  }

  get compacted(): Revision {
    return this.#history.compacted;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** What the keys and their values take, as they are now; see `recordBytes`. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: Bytes): KeyRecord | null {
    return this.#records.get(key) ?? null;
  }

  *records(range: KeyRange): Generator<KeyRecord, void, undefined> {
    const key = onlyKey(range);
    if (key !== null) {
      const record = this.#records.get(key);
      if (record !== undefined) yield record;
      return;
    }
    for (const at of this.#keys.from(range.start)) {
      if (range.end !== null && at >= range.end) return;
      const record = this.#records.get(at);
      if (record !== undefined) yield record;
    }
  }

  put(key: Bytes, value: Bytes, lease: LeaseId): void {
    const revision = this.#revision + 1;
    const before = this.get(key);
    const after: KeyRecord = {
      key,
      value,
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      lease,
    };
    if (before === null) this.#keys.insert(key);
    this.#records.set(key, after);
    this.#bytes += recordBytes(after) - (before === null ? 0 : recordBytes(before));
    this.#open.push({ key, revision, before, after });
  }

  /** Does nothing where the key is absent. */
  delete(key: Bytes): void {
    const before = this.get(key);
    if (before === null) return;
    this.#keys.remove(key);
    this.#records.delete(key);
    this.#bytes -= recordBytes(before);
    this.#open.push({ key, revision: this.#revision + 1, before, after: null });
  }

  /** Closes the revision that was being made; null where nothing was written, then there is no new one. */
  commit(): { readonly revision: Revision; readonly changes: readonly RecordChange[] } | null {
    if (this.#open.length === 0) return null;
    const changes = this.#open;
    this.#open = [];
    this.#revision += 1;
    this.#history.push(this.#revision, changes);
    return { revision: this.#revision, changes };
  }

  /** Throws `CoreError` where the revision asked for is not kept, or not yet there. */
  range(query: RangeQuery): RangeResult {
    this.checkRevision(query.revision);
    const past = query.revision === undefined ? null : this.#changedSince(query.revision, query.range);
    const count =
      past === null || past.size === 0 ? this.#count(query.range) : this.#countThen(query.range, past);
    if (query.countOnly === true) return { records: [], more: false, count };
    const found =
      past === null || past.size === 0 ? this.records(query.range) : this.#recordsThen(query.range, past);
    const limit = query.limit === undefined || query.limit === 0 ? Infinity : query.limit;
    const source = needsAll(query) ? arrange([...found], query) : found;
    const records: KeyRecord[] = [];
    for (const record of source) {
      if (records.length === limit) return { records, more: true, count };
      records.push(record);
    }
    return { records, more: false, count };
  }

  checkRevision(revision: Revision | undefined): void {
    if (revision === undefined) return;
    if (revision > this.#revision) throw new CoreError("future-revision");
    if (revision < this.#history.compacted) throw new CoreError("compacted");
  }

  /**
   * The changes in `range` after revision `after` up to `upTo`, of whole revisions only; it stops after the revision
   * with which the changes exceed `maxBytes`. The answer's `revision` is the last one looked at: `upTo` at the end.
   */
  changesSince(after: Revision, range: KeyRange, upTo: Revision, maxBytes: number): ChangesSince {
    if (after < this.#history.compacted) return { compacted: true };
    const changes: RecordChange[] = [];
    let bytes = 0;
    let revision = after;
    for (const entry of this.#history.since(after)) {
      if (entry.revision > upTo) break;
      if (bytes > maxBytes) return { compacted: false, revision, changes };
      for (const change of entry.changes) {
        if (!contains(range, change.key)) continue;
        changes.push(change);
        bytes += changeBytes(change);
      }
      revision = entry.revision;
    }
    return { compacted: false, revision: Math.max(after, upTo), changes };
  }

  /** Forgets history up to and including `revision`. */
  compact(revision: Revision): void {
    if (revision > this.#revision) throw new CoreError("future-revision");
    if (revision <= this.#history.compacted) throw new CoreError("compacted");
    this.#history.compact(revision);
  }

  state(): KeySpaceState {
    return { revision: this.#revision, records: [...this.#records.values()] };
  }

  #count(range: KeyRange): number {
    const key = onlyKey(range);
    if (key !== null) return this.#records.has(key) ? 1 : 0;
    return Math.max(0, this.#keys.rank(range.end) - this.#keys.rank(range.start));
  }

  /** What the keys that changed after `revision` were at it: their record, or null where they were absent. */
  #changedSince(revision: Revision, range: KeyRange): ReadonlyMap<Bytes, KeyRecord | null> {
    const then = new Map<Bytes, KeyRecord | null>();
    const note = (change: RecordChange): void => {
      if (contains(range, change.key) && !then.has(change.key)) then.set(change.key, change.before);
    };
    for (const entry of this.#history.since(revision)) entry.changes.forEach(note);
    this.#open.forEach(note);
    return then;
  }

  #countThen(range: KeyRange, then: ReadonlyMap<Bytes, KeyRecord | null>): number {
    let count = this.#count(range);
    for (const [key, record] of then) count += (record === null ? 0 : 1) - (this.#records.has(key) ? 1 : 0);
    return count;
  }

  /** The records of an earlier revision: those of now, with the changed ones taken back. */
  *#recordsThen(
    range: KeyRange,
    then: ReadonlyMap<Bytes, KeyRecord | null>,
  ): Generator<KeyRecord, void, undefined> {
    const takenBack = [...then.values()].filter((record) => record !== null);
    takenBack.sort((a, b) => (a.key < b.key ? -1 : 1));
    let next = 0;
    for (const record of this.records(range)) {
      for (let old = takenBack[next]; old !== undefined && old.key <= record.key; old = takenBack[next]) {
        yield old;
        next += 1;
      }
      if (!then.has(record.key)) yield record;
    }
    yield* takenBack.slice(next);
  }
}
