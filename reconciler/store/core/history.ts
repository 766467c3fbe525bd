import type { Revision } from "../store.ts";
import type { RecordChange } from "./records.ts";

export interface HistoryLimits {
  /** Revisions kept at most. */
  readonly revisions: number;
  /** Bytes of keys and values kept at most, counted roughly. One revision is kept however large it is. */
  readonly bytes: number;
}

interface Entry {
  readonly revision: Revision;
  readonly changes: readonly RecordChange[];
  readonly bytes: number;
}

/**
 * The changes of the latest revisions, without gaps: what watches resume from, and what takes a reader back to an
 * earlier revision. Older ones are forgotten ("compacted").
 */
export class History {
  readonly #limits: HistoryLimits;
  #entries: Entry[] = [];
  /** Entries before this index are forgotten; the array is cut when they are the half of it. */
  #first = 0;
  #bytes = 0;
  #compacted: Revision;

  constructor(limits: HistoryLimits, compacted: Revision) {
    this.#limits = limits;
    this.#compacted = compacted;
  }

  /** The last revision whose changes are forgotten. The state *at* this revision can still be told. */
  get compacted(): Revision {
    return this.#compacted;
  }

  push(revision: Revision, changes: readonly RecordChange[]): void {
    const bytes = changes.reduce((sum, change) => sum + changeBytes(change), 0);
    this.#entries.push({ revision, changes, bytes });
    this.#bytes += bytes;
    while (this.#length > this.#limits.revisions || (this.#bytes > this.#limits.bytes && this.#length > 1)) {
      this.#forgetFirst();
    }
    this.#cut();
  }

  /** The revisions after `after`, oldest first. Only for `after` >= `compacted`. */
  *since(after: Revision): Generator<Entry, void, undefined> {
    const oldest = this.#entries[this.#first];
    if (oldest === undefined) return;
    const from = this.#first + Math.max(0, after + 1 - oldest.revision);
    for (let i = from; i < this.#entries.length; i += 1) {
      const entry = this.#entries[i];
      if (entry !== undefined) yield entry;
    }
  }

  /** Forgets the changes up to and including `revision`. */
  compact(revision: Revision): void {
    while ((this.#entries[this.#first]?.revision ?? Infinity) <= revision) this.#forgetFirst();
    this.#compacted = Math.max(this.#compacted, revision);
    this.#cut();
  }

  get #length(): number {
    return this.#entries.length - this.#first;
  }

  #forgetFirst(): void {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return;
    this.#first += 1;
    this.#bytes -= entry.bytes;
    this.#compacted = entry.revision;
  }

  #cut(): void {
    if (this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}

/** Keys and values that a change holds on to, and a little for the objects around them. */
export function changeBytes(change: RecordChange): number {
  return 64 + change.key.length + (change.before?.value.length ?? 0) + (change.after?.value.length ?? 0);
}
