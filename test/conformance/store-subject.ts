import type { LeaseId, Store } from "../../reconciler/store/store.ts";

/** One store, and what a test needs to do to it from outside. */
export interface StoreEnvironment {
  /** Another client of the store. It is closed with the environment. */
  connect(): Store;
  /** Lets time pass until the promise settles: virtual time is moved on, real time goes by itself. */
  elapse<T>(promise: Promise<T>): Promise<T>;
  /** Forgets the history up to and including a revision. */
  compact(revision: number): Promise<void>;
  /** Revokes a lease of whichever client. */
  takeLease(id: LeaseId): Promise<void>;
  /** Takes the store away from its clients, for good. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

/** What the tests of one part are given. The environment is there when they run, not yet when they are described. */
export interface Subject {
  environment(): StoreEnvironment;
  /** The first client. */
  store(): Store;
  /** A prefix that no other test uses. */
  prefix(): string;
}
