/** Comparing what the store says with what was seen of it before; pure. */
import { neverRestored, type StoreMark, type StoreRecord } from "../../model/store-record.ts";
import { decode } from "../codec.ts";
import type { Revision, Snapshot } from "../store.ts";

/** What one reading of the store's record said. */
export interface Sighting {
  readonly storeId: string;
  readonly revision: Revision;
  readonly record: StoreRecord;
  /** The record's modification revision; 0: there is none. */
  readonly recordRevision: Revision;
}

/** `listing`: of the record's key, which as a prefix may find others too. */
export function sightingOf({ storeId, revision, items }: Snapshot, key: string): Sighting {
  const item = items.find((each) => each.key === key);
  if (item === undefined) return { storeId, revision, record: neverRestored, recordRevision: 0 };
  return { storeId, revision, record: decode<StoreRecord>(item), recordRevision: item.modRevision };
}

/**
 * Why the store is not the one that was seen, or null. `highest` is what was seen when the answer was asked for: an
 * answer may be overtaken by a later one. A higher counter was accepted by a human, whatever else it says.
 */
export function whyNotTheSame(highest: StoreMark | null, found: Sighting): string | null {
  if (highest === null) return null;
  const { counter } = found.record;
  if (counter > highest.counter) return null;
  if (counter < highest.counter) {
    return `restore ${String(highest.counter)} was accepted, and the store knows of ${String(counter)}`;
  }
  if (found.storeId !== highest.storeId) {
    return `it is store ${found.storeId}, and ${highest.storeId} was known`;
  }
  return found.revision < highest.revision ? wentBack(highest.revision, found.revision) : null;
}

export function wentBack(seen: Revision, found: Revision): string {
  return `it is at revision ${String(found)}, and ${String(seen)} was seen`;
}

/** The mark after a sighting that may be believed. */
export function raised(highest: StoreMark | null, found: Sighting): StoreMark {
  const { storeId, revision } = found;
  const { counter } = found.record;
  const epoch = highest?.epoch ?? 0;
  const isSame = highest !== null && highest.counter === counter;
  return { storeId, counter, epoch, revision: isSame ? Math.max(highest.revision, revision) : revision };
}
