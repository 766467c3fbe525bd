import type { Clock } from "../../model/clock.ts";
import { unreachable } from "../../model/unreachable.ts";
import type { LeaseId, Revision } from "../store.ts";
import { holds } from "./condition.ts";
import { CoreError } from "./core-error.ts";
import type { Effect } from "./effect.ts";
import type { HistoryLimits } from "./history.ts";
import { KeySpace, type ChangesSince, type KeySpaceState } from "./key-space.ts";
import type { KeyRange } from "./key-range.ts";
import { LeaseBook, type LeaseDetails, type LeaseState } from "./lease-book.ts";
import type { RangeQuery, RangeResult } from "./range-query.ts";
import { noLease, type KeyRecord, type RecordChange } from "./records.ts";
import { checkBranch } from "./transaction.ts";
import type {
  CoreOperation,
  CoreTransaction,
  OperationResult,
  PutOperation,
  TransactionOutcome,
} from "./transaction.ts";

export interface CoreState extends KeySpaceState {
  readonly leases: readonly LeaseState[];
}

export interface CoreOptions {
  readonly clock: Clock;
  /** A fresh id for a lease; decimal, above 0, below 2^63. Counts from 1 where left out. */
  readonly newLeaseId?: () => LeaseId;
  readonly history?: Partial<HistoryLimits>;
  /** Where to go on from. Its leases start with their full time. */
  readonly state?: CoreState;
}

const defaultHistory: HistoryLimits = { revisions: 10_000, bytes: 64 * 1024 * 1024 };

/**
 * A key-value store with etcd's meaning: revisions, transactions, history, leases. Every call is carried out at once
 * and whole; two calls never mix. Time only ends leases, and comes from the clock it is given.
 */
export class StoreCore {
  readonly #newLeaseId: () => LeaseId;
  readonly #keys: KeySpace;
  readonly #leases: LeaseBook;
  readonly #listeners = new Set<(effect: Effect) => void>();

  constructor(options: CoreOptions) {
    this.#newLeaseId = options.newLeaseId ?? countUp();
    this.#keys = new KeySpace({ ...defaultHistory, ...options.history }, options.state);
    this.#leases = new LeaseBook(options.clock, (id) => this.revoke(id));
    for (const lease of options.state?.leases ?? []) this.#leases.grant(lease);
    for (const { key, lease } of options.state?.records ?? []) this.#leases.move(key, noLease, lease);
  }

  get revision(): Revision {
    return this.#keys.revision;
  }

  /** The last revision whose changes are forgotten; 0 where none is. */
  get compacted(): Revision {
    return this.#keys.compacted;
  }

  /** The number of keys. */
  get size(): number {
    return this.#keys.size;
  }

  /** What the keys and their values take, as they are now. */
  get bytes(): number {
    return this.#keys.bytes;
  }

  range(query: RangeQuery): RangeResult {
    return this.#keys.range(query);
  }

  /** All or nothing: a `CoreError` is thrown before anything is written. */
  transact(transaction: CoreTransaction): TransactionOutcome {
    checkBranch(transaction.success);
    checkBranch(transaction.failure);
    const succeeded = transaction.conditions.every((condition) =>
      holds(condition, [...this.#keys.records(condition.range)]),
    );
    const operations = succeeded ? transaction.success : transaction.failure;
    for (const operation of operations) this.#check(operation);
    const results = operations.map((operation) => this.#carryOut(operation));
    this.#commit();
    return { succeeded, revision: this.revision, results };
  }

  changesSince(after: Revision, range: KeyRange, upTo: Revision, maxBytes: number): ChangesSince {
    return this.#keys.changesSince(after, range, upTo, maxBytes);
  }

  /** Forgets the history up to and including `revision`. Keys keep their values. */
  compact(revision: Revision): void {
    this.#keys.compact(revision);
    this.#emit({ kind: "compact", revision });
  }

  /** `id` only where the caller chose one. */
  grant(ttlMs: number, id: LeaseId = this.#newLeaseId()): LeaseState {
    const lease = { id, ttlMs };
    this.#leases.grant(lease);
    this.#emit({ kind: "grant", ...lease });
    return lease;
  }

  /** Returns null where the lease is gone. */
  renew(id: LeaseId): LeaseState | null {
    return this.#leases.renew(id);
  }

  /** Deletes the lease's keys, all in one revision. Returns false where the lease is gone. */
  revoke(id: LeaseId): boolean {
    const keys = this.#leases.remove(id);
    if (keys === null) return false;
    for (const key of keys) this.#keys.delete(key);
    this.#commit();
    this.#emit({ kind: "revoke", id });
    return true;
  }

  /** Returns null where the lease is gone. */
  findLease(id: LeaseId): LeaseDetails | null {
    return this.#leases.find(id);
  }

  leases(): readonly LeaseState[] {
    return this.#leases.all();
  }

  /** Calls back after every change, before the call that made it returns. The returned function ends it. */
  subscribe(listener: (effect: Effect) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does again what an effect says, as when a log is replayed. Effects must come in their order. */
  apply(effect: Effect): void {
    switch (effect.kind) {
      case "commit":
        for (const change of effect.changes) this.#applyChange(change);
        this.#commit();
        if (this.revision !== effect.revision)
          throw new RangeError(`revision ${effect.revision} is out of order`);
        break;
      case "grant":
        this.#leases.grant(effect);
        this.#emit(effect);
        break;
      case "revoke":
        this.#leases.remove(effect.id);
        this.#emit(effect);
        break;
      case "compact":
        // A state that was captured brings no history; then there may be nothing left to forget.
        if (effect.revision > this.compacted) this.compact(effect.revision);
        break;
      default:
        unreachable(effect);
    }
  }

  /** All that must be kept to go on from here. Cheap: it shares the records. */
  capture(): CoreState {
    return { ...this.#keys.state(), leases: this.#leases.all() };
  }

  /** From now on no lease ends, until `resumeLeases`. */
  pauseLeases(): void {
    this.#leases.pause();
  }

  /** Every lease has its full time again, and time counts. */
  resumeLeases(): void {
    this.#leases.resume();
  }

  /** Frees its timer; no lease ends any more. */
  close(): void {
    this.#leases.pause();
  }

  #check(operation: CoreOperation): void {
    if (operation.kind === "range") this.#keys.checkRevision(operation.query.revision);
    if (operation.kind !== "put") return;
    const keeps = typeof operation.value !== "string" || typeof operation.lease !== "string";
    if (keeps && this.#keys.get(operation.key) === null) throw new CoreError("key-not-found");
    const { lease } = operation;
    if (typeof lease === "string" && lease !== noLease && !this.#leases.has(lease)) {
      throw new CoreError("lease-not-found");
    }
  }

  #carryOut(operation: CoreOperation): OperationResult {
    switch (operation.kind) {
      case "range":
        return { kind: "range", ...this.#keys.range(operation.query) };
      case "put":
        return { kind: "put", before: this.#put(operation) };
      case "delete": {
        const deleted = [...this.#keys.records(operation.range)];
        for (const record of deleted) this.#delete(record);
        return { kind: "delete", deleted };
      }
      default:
        return unreachable(operation);
    }
  }

  #put(operation: PutOperation): KeyRecord | null {
    const before = this.#keys.get(operation.key);
    const value = typeof operation.value === "string" ? operation.value : (before?.value ?? "");
    const lease = typeof operation.lease === "string" ? operation.lease : (before?.lease ?? noLease);
    this.#keys.put(operation.key, value, lease);
    this.#leases.move(operation.key, before?.lease ?? noLease, lease);
    return before;
  }

  #delete(record: KeyRecord): void {
    this.#keys.delete(record.key);
    this.#leases.move(record.key, record.lease, noLease);
  }

  #applyChange(change: RecordChange): void {
    const { key, after } = change;
    if (after !== null) this.#put({ kind: "put", key, value: after.value, lease: after.lease });
    else {
      const record = this.#keys.get(key);
      if (record !== null) this.#delete(record);
    }
  }

  #commit(): void {
    const commit = this.#keys.commit();
    if (commit !== null) this.#emit({ kind: "commit", ...commit });
  }

  #emit(effect: Effect): void {
    for (const listener of [...this.#listeners]) listener(effect);
  }
}

function countUp(): () => LeaseId {
  let last = 0;
  return () => String((last += 1));
}
