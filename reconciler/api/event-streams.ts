/** Everybody who follows the events over HTTP. */
import { Readable } from "node:stream";
import type { ClusterFeed } from "../control/cluster-feed.ts";
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import type { Log } from "../runtime/log.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Change, Store } from "../store/store.ts";
import {
  beat,
  eventMessage,
  hasGap,
  isAfter,
  numbered,
  type Numbered,
  type Position,
  resyncMessage,
} from "./event-stream.ts";
import { messageOf } from "../model/thrown.ts";

export interface EventSource {
  readonly feed: ClusterFeed;
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
}

const streamsMax = 128;
const beatMs = 15_000;
/** Whoever reads so slowly is cut off; it goes on where it was when it comes again. */
const unreadMax = 1_048_576;

export class EventStreams {
  readonly #source: EventSource;
  #open = 0;

  constructor(source: EventSource) {
    this.#source = source;
  }

  /** `after`: null: from now on. @throws KeelError `overloaded` */
  open(after: Position | null): Readable {
    if (this.#open >= streamsMax) throw new KeelError("overloaded", { count: this.#open });
    this.#open += 1;
    const stream = new EventStream(this.#source, after, () => {
      this.#open -= 1;
    });
    return stream.readable;
  }
}

class EventStream {
  readonly readable: Readable;
  readonly #source: EventSource;
  readonly #prefix: string;
  #last: Position;
  /** What came while the kept events are being read; null: they are not. */
  #waiting: Numbered[] | null = null;
  #cancelBeat: () => void = () => undefined;

  constructor(source: EventSource, after: Position | null, ended: () => void) {
    this.#source = source;
    this.#prefix = `${source.keys.root}event/`;
    this.#last = after ?? { revision: source.feed.state.revision, index: Number.MAX_SAFE_INTEGER };
    const unsubscribe = source.feed.subscribe((changes) => this.#hear(changes));
    this.readable = new Readable({
      read: () => undefined,
      destroy: (error, done) => {
        unsubscribe();
        this.#cancelBeat();
        ended();
        done(error);
      },
    });
    this.#beat();
    if (after !== null) this.#catchUp();
  }

  /** Empty: everything was listed anew, and something may have been missed. */
  #hear(changes: readonly Change[]): void {
    if (changes.length === 0) {
      if (this.#source.feed.problem === null) this.#catchUp();
      return;
    }
    const items = changes.flatMap((change) =>
      change.type === "put" && change.item.key.startsWith(this.#prefix) ? [change.item] : [],
    );
    const news = numbered(items);
    if (this.#waiting === null) this.#send(news);
    else this.#waiting.push(...news);
  }

  #catchUp(): void {
    if (this.#waiting !== null) return;
    this.#waiting = [];
    this.#readKept().catch((error: unknown) => {
      const why = messageOf(error);
      this.#source.log.warn("the kept events could not be read", { why });
      this.readable.destroy();
    });
  }

  async #readKept(): Promise<void> {
    const { items, revision } = await this.#source.store.list(this.#prefix);
    const kept = numbered(items);
    if (hasGap(kept, this.#last, revision)) {
      if (this.#last.revision > revision) this.#last = { revision, index: Number.MAX_SAFE_INTEGER };
      this.#push(resyncMessage(this.#last.revision));
    }
    this.#send(kept);
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#send(waiting);
  }

  #send(events: readonly Numbered[]): void {
    for (const event of events) {
      if (!isAfter(event.at, this.#last)) continue;
      this.#last = event.at;
      this.#push(eventMessage(event));
    }
  }

  #beat(): void {
    this.#push(beat);
    this.#cancelBeat = this.#source.clock.timer(beatMs, () => this.#beat());
  }

  #push(text: string): void {
    if (this.readable.destroyed) return;
    this.readable.push(text);
    if (this.readable.readableLength > unreadMax) this.readable.destroy();
  }
}
