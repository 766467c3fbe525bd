/**
 * The store port: what Evenkeel needs of etcd, and no more. Three implementations pass one conformance suite
 * (`test/conformance/store.ts`): the in-memory core, the embedded server and etcd, both through the etcd adapter.
 *
 * Keys and values are text. Revisions are etcd's: one for the whole store, growing with every transaction that
 * changed something. Every call ends within its deadline with an answer or a `StoreError`; none waits for ever.
 */

export type Revision = number;

export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly createRevision: Revision;
  readonly modRevision: Revision;
  /** "0" where the key has no lease. */
  readonly lease: LeaseId;
}

/** etcd's lease ids are 64 bit, so they are kept as decimal text. */
export type LeaseId = string;

/** What must hold for a transaction to be carried out. `modRevision: 0` or `createRevision: 0`: the key is absent. */
export type Compare =
  | { readonly key: string; readonly modRevision: Revision }
  | { readonly key: string; readonly createRevision: Revision }
  | { readonly key: string; readonly value: string };

export type Operation =
  | { readonly put: string; readonly value: string; readonly lease?: LeaseId }
  | { readonly delete: string }
  /** Never empty: nothing deletes the whole store at once. */
  | { readonly deletePrefix: string };

export interface Transaction {
  readonly compare: readonly Compare[];
  /** At most `limits.operations`; each key at most once. All get the same revision. */
  readonly then: readonly Operation[];
}

export type TransactionResult =
  | { readonly ok: true; readonly revision: Revision }
  /** Nothing was written: a comparison failed. `revision` is the store's when it was looked at. */
  | { readonly ok: false; readonly revision: Revision };

export interface Snapshot {
  /** Which store answered: etcd's cluster id. Another id under the same name is another store, or a restored one. */
  readonly storeId: string;
  /** All of `items` are as they stood at this one revision, however many pages it took. */
  readonly revision: Revision;
  readonly items: readonly KeyValue[];
}

export type Change =
  | { readonly type: "put"; readonly item: KeyValue }
  | { readonly type: "delete"; readonly key: string; readonly modRevision: Revision };

export type WatchEvent =
  /** All changes of one or more whole revisions, in order; `revision` is the last of them. */
  | { readonly type: "changes"; readonly revision: Revision; readonly changes: readonly Change[] }
  /** The revisions asked for are no longer there, or the stream fell behind: list again, then watch from there. */
  | { readonly type: "relist" };

export interface Lease {
  readonly id: LeaseId;
  /** As granted: whole seconds, and never less than the store's own minimum. */
  readonly ttlMs: number;
  /** Aborted when the lease is known, or must be assumed, to be gone: counted from when the last renewal was *sent*. */
  readonly lost: AbortSignal;
  /** Gives it up now: `lost` is aborted and its keys vanish. Throws where the store can't be told. Safe to call twice. */
  revoke(): Promise<void>;
}

/** Bounds that every implementation keeps, so that none accepts what another refuses. */
export const limits = {
  /** Operations (and comparisons) of one transaction: etcd's default. */
  operations: 128,
  /** Bytes of one request: etcd's default. */
  requestBytes: 1_572_864,
  /** Keys fetched in one page of a snapshot. */
  pageKeys: 2_000,
} as const;

export interface Store {
  /** The key as it is now (linearizable), or null where it is absent. */
  get(key: string): Promise<KeyValue | null>;
  /** Every key that starts with `prefix`, sorted by key, at one revision (linearizable; paged inside). */
  list(prefix: string): Promise<Snapshot>;
  /**
   * All or nothing. Where the connection fails after the request was sent, the outcome is unknown: then this throws
   * `StoreError` with code `ambiguous`, and the caller reads what happened before going on.
   */
  transact(transaction: Transaction): Promise<TransactionResult>;
  /**
   * Changes under `prefix` after revision `after`, in order, each once, until `signal` is aborted (then it returns).
   * Reconnects by itself, so it is silent while the store can't be reached. Ends after a `relist`.
   * Throws `StoreError` only where no trying again would help: `denied`, or the store was closed.
   */
  watch(prefix: string, after: Revision, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** A lease that is renewed every third of `ttlMs` until revoked or lost. */
  grant(ttlMs: number): Promise<Lease>;
  /** Frees connections and timers; leases are left to expire, and count as lost. Calls and watches then fail. */
  close(): Promise<void>;
}

export type StoreErrorCode =
  /** No answer within the deadline, no connection, no quorum: nothing is known. */
  | "unreachable"
  /** A write whose outcome is unknown. */
  | "ambiguous"
  /** Over one of `limits`, or the store's quota is used up. */
  | "too-large"
  | "no-space"
  /** The credentials do not allow it. */
  | "denied"
  /** The lease named in an operation is gone. */
  | "lease-gone"
  /** Anything else that the server said no to: a defect of ours. */
  | "rejected";

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}
