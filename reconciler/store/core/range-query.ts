import { byOrder } from "./order.ts";
import type { KeyRange } from "./key-range.ts";
import type { KeyRecord } from "./records.ts";
import type { Revision } from "../store.ts";

export type SortField = "key" | "version" | "createRevision" | "modRevision" | "value";

/** A read as etcd's protocol can ask it. What is left out asks for nothing special: all keys, now, sorted by key. */
export interface RangeQuery {
  readonly range: KeyRange;
  /** The state at this revision; now, where left out. */
  readonly revision?: Revision;
  /** At most so many records; 0 for all. */
  readonly limit?: number;
  readonly sort?: { readonly by: SortField; readonly order: "ascending" | "descending" };
  /** Bounds include their ends; 0 for none. */
  readonly modRevision?: { readonly min: Revision; readonly max: Revision };
  readonly createRevision?: { readonly min: Revision; readonly max: Revision };
  readonly countOnly?: boolean;
}

export interface RangeResult {
  readonly records: readonly KeyRecord[];
  /** There are more than `limit`. */
  readonly more: boolean;
  /** Keys in the range, whatever limit and bounds say. */
  readonly count: number;
}

/** Whether records must be seen all before the first can be given out. */
export function needsAll(query: RangeQuery): boolean {
  const byKey = query.sort === undefined || (query.sort.by === "key" && query.sort.order === "ascending");
  return !byKey || query.modRevision !== undefined || query.createRevision !== undefined;
}

/** Filters and sorts the records of a whole range, given sorted by key. Equal ones stay sorted by key. */
export function arrange(records: readonly KeyRecord[], query: RangeQuery): readonly KeyRecord[] {
  const { sort, modRevision, createRevision } = query;
  const kept = records.filter(
    (record) => within(record.modRevision, modRevision) && within(record.createRevision, createRevision),
  );
  if (sort === undefined) return kept;
  const sign = sort.order === "ascending" ? 1 : -1;
  return kept.sort((a, b) => sign * byOrder(a[sort.by], b[sort.by]));
}

function within(revision: Revision, bounds: RangeQuery["modRevision"]): boolean {
  if (bounds === undefined) return true;
  return (bounds.min === 0 || revision >= bounds.min) && (bounds.max === 0 || revision <= bounds.max);
}
