/** A store that can be set back to an earlier state under the feet of its clients, as an administrator does with etcd. */
import type { Clock } from "../../../reconciler/model/clock.ts";
import { type CoreState, StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import type {
  KeyValue,
  Lease,
  Revision,
  Snapshot,
  Store,
  Transaction,
  TransactionResult,
  WatchEvent,
} from "../../../reconciler/store/store.ts";

export class Vault {
  readonly #clock: Clock;
  readonly #clients = new Set<RestorableStore>();
  core: StoreCore;
  storeId = "1";

  constructor(clock: Clock) {
    this.#clock = clock;
    this.core = new StoreCore({ clock });
  }

  client(): RestorableStore {
    const client = new RestorableStore(() => this.#connect());
    this.#clients.add(client);
    return client;
  }

  restore(state: CoreState, storeId = this.storeId): void {
    this.core.close();
    this.core = new StoreCore({ clock: this.#clock, state });
    this.storeId = storeId;
    for (const client of this.#clients) client.reconnect();
  }

  #connect(): MemoryStore {
    return new MemoryStore({ core: this.core, clock: this.#clock, storeId: this.storeId });
  }
}

/** One client: finds the restored store as it would find the one from before. */
export class RestorableStore implements Store {
  readonly #connect: () => MemoryStore;
  #inner: MemoryStore;
  #gate: Promise<void> = Promise.resolve();

  constructor(connect: () => MemoryStore) {
    this.#connect = connect;
    this.#inner = connect();
  }

  reconnect(): void {
    void this.#inner.close();
    this.#inner = this.#connect();
  }

  /** Transactions that are sent from now on are under way until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#gate = promise;
    return () => {
      resolve(undefined);
    };
  }

  get(key: string): Promise<KeyValue | null> {
    return this.#inner.get(key);
  }

  list(prefix: string): Promise<Snapshot> {
    return this.#inner.list(prefix);
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    await this.#gate;
    return this.#inner.transact(transaction);
  }

  grant(ttlMs: number): Promise<Lease> {
    return this.#inner.grant(ttlMs);
  }

  /** After a restore it waits for revisions that the store may never reach, as a watch of etcd does. */
  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    const inner = this.#inner;
    try {
      yield* inner.watch(prefix, after, signal);
    } catch (error) {
      if (inner === this.#inner) throw error;
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => {
          resolve();
        });
      });
    }
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
