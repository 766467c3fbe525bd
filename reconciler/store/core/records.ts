import type { LeaseId, Revision } from "../store.ts";
import type { Bytes } from "./bytes.ts";

/** One key as it stood at one time. Never changed once made: the history and running snapshots share it. */
export interface KeyRecord {
  readonly key: Bytes;
  readonly value: Bytes;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** How often it was put since it was created; 1 at first. */
  readonly version: number;
  readonly lease: LeaseId;
}

/** Key and value, and a little for what is kept beside them. */
export function recordBytes({ key, value }: Record<"key" | "value", { readonly length: number }>): number {
  return 64 + key.length + value.length;
}

/** What one transaction did to one key. `after` is null where it was deleted; not both are null. */
export interface RecordChange {
  readonly key: Bytes;
  readonly revision: Revision;
  readonly before: KeyRecord | null;
  readonly after: KeyRecord | null;
}

/** The lease of keys that have none. */
export const noLease: LeaseId = "0";
