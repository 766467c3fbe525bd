import type { Clock } from "../model/clock.ts";
import { StoreError, type Lease, type LeaseId } from "./store.ts";

export interface KeptLeaseOptions {
  readonly id: LeaseId;
  readonly ttlMs: number;
  readonly clock: Clock;
  /** When the request that granted it was sent, on the monotonic clock. */
  readonly grantedAt: number;
  /**
   * Asks for the full time again. Resolves with false where the store says that the lease is gone; rejects where
   * nothing is known. Must settle within a deadline of its own.
   */
  readonly renew: () => Promise<boolean>;
  /** Resolves once the lease is gone, also where it was already. */
  readonly revoke: () => Promise<void>;
  /** Called once, when the lease needs no more care. */
  readonly onEnd: () => void;
}

/** A failed renewal is tried again after this part of a time to live, so that one lost message is not felt. */
const retriesPerTtl = 12;

/**
 * Renews a lease each third of its time, one request at a time, until it is revoked or lost. It is lost where the
 * store says so, and at the latest one time to live after the last acknowledged renewal was *sent*: the store counts
 * from when that arrived, so its keys are still there when the holder stops.
 */
export class KeptLease implements Lease {
  readonly id: LeaseId;
  readonly ttlMs: number;
  readonly #options: KeptLeaseOptions;
  readonly #lost = new AbortController();
  #acknowledgedAt: number;
  #cancelExpiry: () => void = nothing;
  #cancelRenewal: () => void = nothing;

  constructor(options: KeptLeaseOptions) {
    this.id = options.id;
    this.ttlMs = options.ttlMs;
    this.#options = options;
    this.#acknowledgedAt = options.grantedAt;
    this.#expectExpiry();
    this.#renewAfter(this.#acknowledgedAt + this.ttlMs / 3);
  }

  /** Looks at the clock first: a process that was stopped for long sees it before its timers could tell. */
  get lost(): AbortSignal {
    if (this.#remainingMs() <= 0) this.#end("it was not renewed in time");
    return this.#lost.signal;
  }

  async revoke(): Promise<void> {
    this.#end("it was given up");
    await this.#options.revoke();
  }

  /** Stops renewing. The keys stay until the store lets the lease end. */
  abandon(): void {
    this.#end("the store was closed");
  }

  #remainingMs(): number {
    return this.#acknowledgedAt + this.ttlMs - this.#options.clock.monotonic();
  }

  #expectExpiry(): void {
    this.#cancelExpiry();
    this.#cancelExpiry = this.#options.clock.timer(Math.max(0, this.#remainingMs()), () => {
      if (this.#remainingMs() > 0) this.#expectExpiry();
      else this.#end("it was not renewed in time");
    });
  }

  #renewAfter(time: number): void {
    if (this.#lost.signal.aborted) return;
    const { clock } = this.#options;
    this.#cancelRenewal = clock.timer(Math.max(0, time - clock.monotonic()), () => {
      void this.#renew();
    });
  }

  async #renew(): Promise<void> {
    const { clock, renew } = this.#options;
    const sentAt = clock.monotonic();
    try {
      const renewed = await renew();
      if (this.#lost.signal.aborted) return;
      if (!renewed) {
        this.#end("the store no longer knows it");
        return;
      }
      this.#acknowledgedAt = sentAt;
      this.#expectExpiry();
      this.#renewAfter(sentAt + this.ttlMs / 3);
    } catch {
      // Nothing is known; the expiry goes on counting from the last acknowledgement.
      this.#renewAfter(clock.monotonic() + this.ttlMs / retriesPerTtl);
    }
  }

  #end(why: string): void {
    if (this.#lost.signal.aborted) return;
    this.#cancelExpiry();
    this.#cancelRenewal();
    this.#lost.abort(new StoreError("lease-gone", `the lease ${this.id} is lost: ${why}`));
    this.#options.onEnd();
  }
}

function nothing(): void {
  return;
}

/** The stores count in whole seconds, from 1 up to etcd's bound. Throws where that cannot be. */
export function wholeSeconds(ttlMs: number): number {
  const seconds = Math.ceil(ttlMs / 1000);
  if (!(seconds >= 1 && seconds <= 9_000_000_000)) {
    throw new StoreError("rejected", `a lease cannot live ${ttlMs} ms`);
  }
  return seconds;
}
