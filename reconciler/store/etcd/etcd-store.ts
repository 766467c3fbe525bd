import type { Clock } from "../../model/clock.ts";
import { KeptLease, wholeSeconds } from "../kept-lease.ts";
import type { StoreMaintenance, StoreStatus } from "../maintenance.ts";
import { StoreError, type KeyValue, type Lease, type Revision, type Snapshot, type Store } from "../store.ts";
import type { Transaction, TransactionResult, WatchEvent } from "../store.ts";
import { checkTransaction } from "../transaction-limits.ts";
import { Calls } from "./calls.ts";
import { Endpoints, type StoreCredentials } from "./endpoints.ts";
import { aboutKeys } from "./failure.ts";
import { grantLease, renewLease, revokeLease } from "./lease-calls.ts";
import { listPrefix } from "./list-prefix.ts";
import { EtcdMaintenance } from "./maintenance.ts";
import { keyValue, txnRequest } from "./messages.ts";
import { watchPrefix } from "./watch-prefix.ts";

export interface ConnectOptions {
  /** `http://host:port`, `https://host:port` or `unix:/path`, all of one store. */
  readonly endpoints: readonly string[];
  /** The machine's own: deadlines are handed on to the system. */
  readonly clock: Clock;
  readonly credentials?: StoreCredentials;
  /** How long one member has to answer one request; 2 s where left out. */
  readonly requestTimeoutMs?: number;
  /** After how much silence a watch asks its member for a sign of life; 5 s where left out. */
  readonly silenceMs?: number;
}

/** A client of an etcd, real or embedded. Connects when first used. Throws an `Error` where an endpoint is none. */
export function connectStore(options: ConnectOptions): EtcdStore {
  return new EtcdStore(options);
}

export class EtcdStore implements Store, StoreMaintenance {
  readonly #clock: Clock;
  readonly #requestTimeoutMs: number;
  readonly #silenceMs: number;
  readonly #endpoints: Endpoints;
  readonly #calls: Calls;
  readonly #maintenance: EtcdMaintenance;
  readonly #leases = new Set<KeptLease>();
  readonly #closed = new AbortController();

  constructor(options: ConnectOptions) {
    this.#clock = options.clock;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 2_000;
    this.#silenceMs = options.silenceMs ?? 5_000;
    const endpointOptions = { ...options, requestTimeoutMs: this.#requestTimeoutMs };
    this.#endpoints = new Endpoints(endpointOptions);
    this.#calls = new Calls(this.#endpoints, this.#clock, this.#requestTimeoutMs);
    this.#maintenance = new EtcdMaintenance(this.#endpoints, endpointOptions);
  }

  async get(key: string): Promise<KeyValue | null> {
    this.#checkOpen();
    if (key === "") throw new StoreError("rejected", "the key is empty");
    const asked = this.#calls.repeatable(({ kv }, options) => kv.range({ key: Buffer.from(key) }, options));
    const { kvs } = await about([key], asked);
    return kvs.map(keyValue)[0] ?? null;
  }

  async list(prefix: string): Promise<Snapshot> {
    this.#checkOpen();
    return about([`${prefix}…`], listPrefix(this.#calls, prefix));
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    this.#checkOpen();
    checkTransaction(transaction);
    const request = txnRequest(transaction);
    const asked = this.#calls.once(({ kv }, options) => kv.txn(request, options));
    const { succeeded, header } = await about(keysOf(transaction), asked);
    return { ok: succeeded, revision: Number(header.revision) };
  }

  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    this.#checkOpen();
    const either = AbortSignal.any([signal, this.#closed.signal]);
    const times = { silenceMs: this.#silenceMs, answerMs: this.#requestTimeoutMs };
    yield* watchPrefix({ endpoints: this.#endpoints, clock: this.#clock, prefix, after, times }, either);
    if (!signal.aborted) this.#checkOpen();
  }

  async grant(ttlMs: number): Promise<Lease> {
    this.#checkOpen();
    const seconds = wholeSeconds(ttlMs);
    const grantedAt = this.#clock.monotonic();
    const granted = await grantLease(this.#calls, seconds);
    this.#checkOpen();
    const timeoutMs = Math.min(this.#requestTimeoutMs, granted.ttlMs / 3);
    const lease = new KeptLease({
      ...granted,
      clock: this.#clock,
      grantedAt,
      renew: () => renewLease(this.#endpoints, this.#clock, granted.id, timeoutMs),
      revoke: () => revokeLease(this.#calls, granted.id),
      onEnd: () => this.#leases.delete(lease),
    });
    this.#leases.add(lease);
    return lease;
  }

  async status(): Promise<StoreStatus> {
    this.#checkOpen();
    return this.#maintenance.status();
  }

  async compact(revision: Revision): Promise<void> {
    this.#checkOpen();
    await this.#maintenance.compact(revision);
  }

  async defragment(): Promise<void> {
    this.#checkOpen();
    await this.#maintenance.defragment();
  }

  async disarm(): Promise<void> {
    this.#checkOpen();
    await this.#maintenance.disarm();
  }

  close(): Promise<void> {
    this.#closed.abort();
    for (const lease of this.#leases) lease.abandon();
    this.#endpoints.close();
    return Promise.resolve();
  }

  #checkOpen(): void {
    if (this.#closed.signal.aborted) throw new StoreError("unreachable", "the store was closed by its user");
  }
}

/** A refusal says which keys it was about. */
async function about<T>(keys: readonly string[], asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw aboutKeys(error, keys);
  }
}

/** What it writes before what it only compares. */
function keysOf({ compare, then }: Transaction): string[] {
  const written = then.map((operation) => {
    if ("put" in operation) return operation.put;
    return "delete" in operation ? operation.delete : `${operation.deletePrefix}…`;
  });
  return [...written, ...compare.map(({ key }) => key)];
}
