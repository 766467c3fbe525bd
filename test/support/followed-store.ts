/** A cluster's records in memory and a feed that follows them, on a clock that is moved by hand. */
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { encode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "./fake-clock.ts";

export class FollowedStore implements AsyncDisposable {
  readonly keys = clusterKeys("lab");
  readonly clock = new FakeClock();
  readonly store = new MemoryStore({ core: new StoreCore({ clock: this.clock }), clock: this.clock });
  readonly feed = new ClusterFeed({
    store: this.store,
    root: this.keys.root,
    clock: this.clock,
    log: silentLog,
  });
  readonly #ending = new AbortController();
  readonly #running = this.feed.run(this.#ending.signal);

  /** Empty, and listed. */
  static async open(): Promise<FollowedStore> {
    const followed = new FollowedStore();
    await followed.clock.advance(0);
    return followed;
  }

  /** Writes a record. Returns once the feed has heard of it. */
  async put(key: string, record: object): Promise<void> {
    await this.store.transact({ compare: [], then: [{ put: key, value: encode(record) }] });
    await this.clock.advance(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }
}
