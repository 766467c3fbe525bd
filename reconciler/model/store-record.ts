/** Whether the store is still the one that it was: what is kept in it about that, and beside it. */

/** `store`: which restore the store is of, and whether it is frozen. An absent record is `neverRestored`. */
export interface StoreRecord {
  /** Grows with each accepted restore, above every counter that was ever seen. */
  readonly counter: number;
  readonly frozen: StoreFreeze | null;
  /** Epoch milliseconds of the last accepted restore, and who accepted it; null: none. */
  readonly accepted: { readonly at: number; readonly by: string } | null;
}

/** Somebody remembers more than the store holds: nothing is decided or begun until a human has looked. */
export interface StoreFreeze {
  /** Who found out: `agent of hv1`. */
  readonly by: string;
  readonly at: number;
  /** One sentence for people. */
  readonly why: string;
  /** The highest that the finder had seen. */
  readonly seen: StoreMark;
}

export const neverRestored: StoreRecord = { counter: 0, frozen: null, accepted: null };

/** The highest that one process has seen of its store, kept on its own disk. */
export interface StoreMark {
  readonly storeId: string;
  readonly counter: number;
  readonly revision: number;
  /** The highest epoch of any placement: what starts after a restore must lie above it. */
  readonly epoch: number;
}
