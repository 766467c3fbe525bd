import type { Clock } from "../../model/clock.ts";
import type { LeaseId } from "../store.ts";
import { Alarm } from "./alarm.ts";
import type { Bytes } from "./bytes.ts";
import { CoreError } from "./core-error.ts";
import { noLease } from "./records.ts";

export interface LeaseState {
  readonly id: LeaseId;
  readonly ttlMs: number;
}

export interface LeaseDetails extends LeaseState {
  readonly remainingMs: number;
  /** Sorted. */
  readonly keys: readonly Bytes[];
}

interface Entry extends LeaseState {
  /** On the monotonic clock. */
  expiresAt: number;
  readonly keys: Set<Bytes>;
}

/** Which leases there are, when each ends and which keys it holds. */
export class LeaseBook {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #entries = new Map<LeaseId, Entry>();
  #paused = false;

  /** `onExpired` is called with each lease whose time is over, the first to end first; it must `remove` it. */
  constructor(clock: Clock, onExpired: (id: LeaseId) => void) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock, () => {
      this.#expired().forEach(onExpired);
      this.#setAlarm();
    });
  }

  has(id: LeaseId): boolean {
    return this.#entries.has(id);
  }

  grant({ id, ttlMs }: LeaseState): void {
    if (this.#entries.has(id) || id === noLease) throw new CoreError("lease-exists");
    if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0) throw new CoreError("lease-ttl");
    this.#entries.set(id, { id, ttlMs, expiresAt: this.#clock.monotonic() + ttlMs, keys: new Set() });
    this.#setAlarm();
  }

  /** From now on the lease has its full time again. Returns null where it is gone. */
  renew(id: LeaseId): LeaseState | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    entry.expiresAt = this.#clock.monotonic() + entry.ttlMs;
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

  /** Returns null where the lease is gone. */
  find(id: LeaseId): LeaseDetails | null {
    const entry = this.#entries.get(id);
    if (entry === undefined) return null;
    const remainingMs = entry.expiresAt - this.#clock.monotonic();
    return { id, ttlMs: entry.ttlMs, remainingMs, keys: [...entry.keys].sort() };
  }

  /** In order of their granting. */
  all(): readonly LeaseState[] {
    return [...this.#entries.values()].map(({ id, ttlMs }) => ({ id, ttlMs }));
  }

  /** From now on no lease ends, and no timer is set. */
  pause(): void {
    this.#paused = true;
    this.#alarm.cancel();
  }

  /** Every lease has its full time again, and time counts. */
  resume(): void {
    this.#paused = false;
    for (const { id } of this.#entries.values()) this.renew(id);
    this.#setAlarm();
  }

  #expired(): readonly LeaseId[] {
    const now = this.#clock.monotonic();
    const over = [...this.#entries.values()].filter(({ expiresAt }) => expiresAt <= now);
    return over.sort((a, b) => a.expiresAt - b.expiresAt).map(({ id }) => id);
  }

  #setAlarm(): void {
    if (this.#paused || this.#entries.size === 0) return;
    let next = Infinity;
    for (const { expiresAt } of this.#entries.values()) next = Math.min(next, expiresAt);
    this.#alarm.setFor(next);
  }
}
