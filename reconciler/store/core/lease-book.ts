import type { LeaseId } from "../store.ts";
import type { Bytes } from "./bytes.ts";
import { CoreError } from "./core-error.ts";
import { noLease } from "./records.ts";

export interface LeaseState {
  readonly id: LeaseId;
  readonly ttlMs: number;
}

interface Entry extends LeaseState {
  /** On the caller's monotonic clock. */
  expiresAt: number;
  readonly keys: Set<Bytes>;
}

/** Which leases there are, when each ends and which keys it holds. Time comes in as a value. */
export class LeaseBook {
  readonly #entries = new Map<LeaseId, Entry>();

  has(id: LeaseId): boolean {
    return this.#entries.has(id);
  }

  grant(lease: LeaseState, now: number): void {
    if (this.#entries.has(lease.id) || lease.id === noLease) throw new CoreError("lease-exists");
    if (!Number.isSafeInteger(lease.ttlMs) || lease.ttlMs <= 0) throw new CoreError("lease-ttl");
    this.#entries.set(lease.id, { ...lease, expiresAt: now + lease.ttlMs, keys: new Set() });
  }

  /** From now on the lease has its full time again. Returns null where it is gone. */
  renew(id: LeaseId, now: number): LeaseState | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    entry.expiresAt = now + entry.ttlMs;
    return entry;
  }

  /** Forgets the lease; its keys, sorted, are now the caller's to delete. Returns null where it is gone already. */
  remove(id: LeaseId): readonly Bytes[] | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    this.#entries.delete(id);
    return [...entry.keys].sort();
  }

  /** The key belongs to `after` from now on; either may be "0" for no lease. */
  move(key: Bytes, before: LeaseId, after: LeaseId): void {
    if (before === after) return;
    this.#entries.get(before)?.keys.delete(key);
    this.#entries.get(after)?.keys.add(key);
  }

  find(
    id: LeaseId,
    now: number,
  ): (LeaseState & { readonly remainingMs: number; readonly keys: readonly Bytes[] }) | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    return { id, ttlMs: entry.ttlMs, remainingMs: entry.expiresAt - now, keys: [...entry.keys].sort() };
  }

  /** When the next one ends; null where there is none. */
  nextExpiry(): number | null {
    let next: number | null = null;
    for (const { expiresAt } of this.#entries.values()) {
      if (next === null || expiresAt < next) next = expiresAt;
    }
    return next;
  }

  /** Those whose time is over, the first to end first. */
  expired(now: number): readonly LeaseId[] {
    const over = [...this.#entries.values()].filter((entry) => entry.expiresAt <= now);
    return over.sort((a, b) => a.expiresAt - b.expiresAt).map((entry) => entry.id);
  }

  /** In order of their granting. */
  all(): readonly LeaseState[] {
    return [...this.#entries.values()].map(({ id, ttlMs }) => ({ id, ttlMs }));
  }

  /** Gives every lease its full time again: what an outage took is given back. */
  renewAll(now: number): void {
    for (const entry of this.#entries.values()) entry.expiresAt = now + entry.ttlMs;
  }
}
