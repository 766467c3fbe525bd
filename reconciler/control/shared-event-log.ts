/**
 * The events of processes that write under one name, such as two APIs on one host. Each looks at the place in the ring
 * that it is about to take, and compares it as it writes: none overwrites what another one told.
 */
import type { EventReport } from "../model/report.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { eventKey, type NewEvent, nextEvent } from "./event-log.ts";

export interface SharedEventLogOptions {
  readonly store: Pick<Store, "get" | "transact">;
  readonly keys: ClusterKeys;
  /** What the others told, as far as it is known: where to begin to look. */
  readonly feed: ClusterFeed;
  readonly writer: string;
  readonly now: () => number;
}

/** Each place that is found taken is one that another process has just written to. */
const placesTriedMax = 50;

export class SharedEventLog {
  readonly #options: SharedEventLogOptions;
  #next = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(options: SharedEventLogOptions) {
    this.#options = options;
  }

  /** Resolves once it is written, after those that this process wrote before. @throws StoreError */
  put(event: NewEvent): Promise<void> {
    const written = this.#last.then(() => this.#put(event));
    this.#last = written.catch(() => undefined);
    return written;
  }

  async #put(event: NewEvent): Promise<void> {
    const { feed, keys, now, store, writer } = this.#options;
    let number = Math.max(this.#next, nextEvent(feed.state.events.values(), writer));
    for (let tried = 0; tried < placesTriedMax; tried++) {
      const record: EventReport = { ...event, at: now(), writer, number };
      const key = eventKey(keys, record);
      const held = await store.get(key);
      const taken = held === null ? -1 : decode<EventReport>(held).number;
      if (taken >= number) {
        number = taken + 1;
        continue;
      }
      const { ok } = await store.transact({
        compare: [{ key, modRevision: held?.modRevision ?? 0 }],
        then: [{ put: key, value: encode(record) }],
      });
      if (!ok) continue;
      this.#next = number + 1;
      return;
    }
    throw new Error(`${String(placesTriedMax)} places for it were taken by others meanwhile`);
  }
}
