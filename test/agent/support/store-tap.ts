import type { KeyValue, Lease, Revision, Snapshot, Store } from "../../../reconciler/store/store.ts";
import {
  StoreError,
  type Transaction,
  type TransactionResult,
  type WatchEvent,
} from "../../../reconciler/store/store.ts";

/** A store as one client sees it, which can lose single writes on their way, and sight of what others write. */
export class StoreTap implements Store {
  /** Writes that do not get through. */
  refuses: (transaction: Transaction) => boolean = () => false;
  /** Prefixes that cannot be listed. */
  readonly unlisted = new Set<string>();
  /** Called after each transaction was carried out, before its answer is given; may throw instead. */
  afterwards: (transaction: Transaction) => void = () => undefined;
  readonly #store: Store;
  #sight: PromiseWithResolvers<undefined> | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on nothing is seen of what happens in the store, until `see`. */
  goBlind(): void {
    this.#sight ??= Promise.withResolvers();
  }

  see(): void {
    this.#sight?.resolve(undefined);
    this.#sight = null;
  }

  get(key: string): Promise<KeyValue | null> {
    return this.#store.get(key);
  }

  async list(prefix: string): Promise<Snapshot> {
    if (this.unlisted.has(prefix)) throw new StoreError("unreachable", "lost on its way");
    return this.#store.list(prefix);
  }

  async transact(transaction: Transaction): Promise<TransactionResult> {
    if (this.refuses(transaction)) throw new StoreError("unreachable", "lost on its way");
    const result = await this.#store.transact(transaction);
    this.afterwards(transaction);
    return result;
  }

  async *watch(
    prefix: string,
    after: Revision,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent, void, undefined> {
    for await (const event of this.#store.watch(prefix, after, signal)) {
      await this.#sight?.promise;
      yield event;
    }
  }

  grant(ttlMs: number): Promise<Lease> {
    return this.#store.grant(ttlMs);
  }

  close(): Promise<void> {
    this.see();
    return this.#store.close();
  }
}
