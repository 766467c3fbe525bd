import type { LeaseId, Revision } from "../store.ts";
import type { RecordChange } from "./records.ts";

/** What a call changed. Applied in order to the state they started from, effects make the same state again. */
export type Effect =
  | { readonly kind: "commit"; readonly revision: Revision; readonly changes: readonly RecordChange[] }
  | { readonly kind: "grant"; readonly id: LeaseId; readonly ttlMs: number }
  /** The keys of the lease were deleted by the commit before. */
  | { readonly kind: "revoke"; readonly id: LeaseId }
  | { readonly kind: "compact"; readonly revision: Revision };
