import type { Clock } from "../reconciler/model/clock.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import {
  type Compare,
  type KeyValue,
  type Lease,
  type LeaseId,
  type Operation,
  type Revision,
  type Store,
  StoreError,
} from "../reconciler/store/store.ts";
import { KeyView } from "./key-view.ts";
import { backoffMs, untilStored } from "./retry.ts";
import { Wakeup } from "../reconciler/runtime/wakeup.ts";

export interface HeldKeyOptions {
  readonly key: string;
  readonly value: string;
  readonly leaseMs: number;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * What to do about a key that somebody else holds: replace it, or wait until it is gone. May throw instead, which
   * ends `run`. `isStart`: this process has not held the key before.
   */
  readonly onHeld: (held: KeyValue, isStart: boolean) => "replace" | "wait";
  /**
   * Asked before the key is made: what the transaction that makes it compares and writes besides; null: not now, it is
   * asked again in a moment. Fails with a `StoreError`.
   */
  readonly admission?: () => Promise<Admission | null>;
  /**
   * Asked now and then while the key is held: how long its lease is to live from now on; null: as long as it does. Fails
   * with a `StoreError`.
   */
  readonly wantedLeaseMs?: () => Promise<number | null>;
  /** Called when `guard` may have changed. */
  readonly onChange?: () => void;
}

export interface Admission {
  readonly compare: readonly Compare[];
  readonly then: readonly Operation[];
  /** Instead of the lease that it would have. */
  readonly leaseMs?: number;
}

const openAdmission: Admission = { compare: [], then: [] };
/** Between two askings for admission. */
const askMs = 1_000;
/** Between two askings for the lease that is wanted. */
const wantedEveryMs = 10_000;

/** A key that is kept in the store under a lease of its own, and put there anew whenever that was lost. */
export class HeldKey {
  readonly #options: HeldKeyOptions;
  readonly #view: KeyView<object>;
  readonly #wakeup: Wakeup;
  /** Every lease that was ever asked for: what is held under one of them is ours. */
  readonly #leases = new Set<LeaseId>();
  #lease: Lease | null = null;
  /** What the lease was asked for; the store may have granted more. */
  #askedMs = 0;
  #revision: Revision | null = null;
  /** Resolves once no more leases are taken. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: HeldKeyOptions) {
    const { store, key, clock, log } = options;
    this.#options = options;
    this.#wakeup = new Wakeup(clock);
    this.#view = new KeyView({ store, prefix: key, clock, log, onChange: this.#wakeup.ring });
  }

  /** What a write has to compare to be refused once the key is no longer ours; null while it is not held. */
  guard(): Compare | null {
    if (this.#lease === null || this.#revision === null || this.#lease.lost.aborted) return null;
    return { key: this.#options.key, modRevision: this.#revision };
  }

  /** Holds the key until aborted, then leaves it to expire. Rejects with the abort, or with what `onHeld` threw. */
  async run(signal: AbortSignal): Promise<void> {
    const holding = this.#hold(signal);
    this.#ended = holding.catch(ignore);
    await Promise.all([this.#view.run(signal), holding]);
  }

  /** Gives the key up at once, after `run` has ended: under the lease that it was being given then, too. */
  async release(): Promise<void> {
    await this.#ended;
    await this.#lease?.revoke();
  }

  async #hold(signal: AbortSignal): Promise<void> {
    const { key, clock, log, onChange } = this.#options;
    for (;;) {
      let lease = await this.#acquire(signal);
      for (;;) {
        this.#lease = lease;
        lease.lost.addEventListener("abort", this.#wakeup.ring);
        onChange?.();
        const next = await this.#untilLost(lease, signal);
        if (next === null) break;
        await lease.revoke().catch(ignore);
        lease = next;
      }
      this.#lease = null;
      onChange?.();
      log.warn("a key is no longer held, taking it anew", { key });
      await lease.revoke().catch(ignore);
      // Where somebody takes it from us again and again, we are no part of the storm.
      await clock.sleep(backoffMs(1), signal);
    }
  }

  async #acquire(signal: AbortSignal): Promise<Lease> {
    const { key, clock, log, leaseMs } = this.#options;
    for (;;) {
      const mark = this.#wakeup.mark;
      const taken = await untilStored(() => this.#take(), { clock, log, what: key }, signal);
      if (typeof taken !== "string") return taken;
      await this.#wakeup.wait(mark, taken === "held" ? leaseMs : askMs, signal);
    }
  }

  /** held: somebody else's has to be waited for. */
  async #take(): Promise<Lease | "held" | "not admitted"> {
    const { store, key, value, leaseMs, onHeld, admission } = this.#options;
    const held = await store.get(key);
    const isForeign = held !== null && !this.#leases.has(held.lease);
    // What was written before ours has not taken it from us: the store was set back.
    const isStart = this.#revision === null || (held !== null && held.modRevision < this.#revision);
    if (isForeign && onHeld(held, isStart) === "wait") return "held";
    const admitted = admission === undefined ? openAdmission : await admission();
    if (admitted === null) return "not admitted";
    const asked = admitted.leaseMs ?? leaseMs;
    const lease = await store.grant(asked);
    this.#leases.add(lease.id);
    try {
      const { ok, revision } = await store.transact({
        compare: [{ key, modRevision: held?.modRevision ?? 0 }, ...admitted.compare],
        then: [{ put: key, value, lease: lease.id }, ...admitted.then],
      });
      if (!ok) throw new StoreError("unreachable", `${key} changed while it was taken`);
      this.#revision = revision;
      this.#askedMs = asked;
      if (this.#view.revision > revision) this.#view.relist();
      return lease;
    } catch (error) {
      // Also where the outcome is unknown: without its lease the key goes, and the next try finds out.
      await lease.revoke().catch(ignore);
      throw error;
    }
  }

  /** Returns the lease that the key was moved to; null: it is lost. */
  async #untilLost(lease: Lease, signal: AbortSignal): Promise<Lease | null> {
    const { clock, key, wantedLeaseMs } = this.#options;
    let askAt = clock.monotonic() + wantedEveryMs;
    for (;;) {
      const mark = this.#wakeup.mark;
      if (lease.lost.aborted) return null;
      const isNews = this.#view.revision >= (this.#revision ?? 0);
      if (isNews && this.#view.get(key)?.lease !== lease.id) return null;
      if (wantedLeaseMs !== undefined && clock.monotonic() >= askAt) {
        const next = await this.#follow(wantedLeaseMs);
        if (next !== null) return next;
        askAt = clock.monotonic() + wantedEveryMs;
        continue;
      }
      const waitMs = wantedLeaseMs === undefined ? null : askAt - clock.monotonic();
      await this.#wakeup.wait(mark, waitMs, signal);
    }
  }

  /** The key under a lease that lives as long as is wanted; null: it stays under the one that it has. */
  async #follow(wantedLeaseMs: () => Promise<number | null>): Promise<Lease | null> {
    const { key, log } = this.#options;
    try {
      const wanted = await wantedLeaseMs();
      if (wanted === null || wanted === this.#askedMs) return null;
      log.info("the lease is to live as long as the cluster says by now", { key, ms: wanted });
      return await this.#move(wanted);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return null;
    }
  }

  /** In one transaction, so that the key is there all the time: it ends with the one lease or with the other. */
  async #move(ms: number): Promise<Lease | null> {
    const { store, key, value } = this.#options;
    const next = await store.grant(ms);
    this.#leases.add(next.id);
    try {
      const { ok, revision } = await store.transact({
        compare: [{ key, modRevision: this.#revision ?? 0 }],
        then: [{ put: key, value, lease: next.id }],
      });
      if (ok) return this.#movedTo(next, revision, ms);
    } catch (error) {
      // It may have been moved, and nobody heard of it: the key itself says so. Where that cannot be read either, it goes
      // with this lease, and is taken anew at once.
      const held = await store.get(key).catch(() => null);
      if (held?.lease === next.id) return this.#movedTo(next, held.modRevision, ms);
      await next.revoke().catch(ignore);
      throw error;
    }
    await next.revoke().catch(ignore);
    return null;
  }

  #movedTo(lease: Lease, revision: Revision, ms: number): Lease {
    this.#revision = revision;
    this.#askedMs = ms;
    return lease;
  }
}

function ignore(): void {
  return;
}
