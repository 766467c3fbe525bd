import type { ServerDuplexStream } from "@grpc/grpc-js";
import { unreachable } from "../../model/unreachable.ts";
import { Bell } from "../bell.ts";
import { toBuffer } from "../core/bytes.ts";
import type { KeyRange } from "../core/key-range.ts";
import type { RecordChange } from "../core/records.ts";
import type { Revision } from "../store.ts";
import { keyRange, keyValue } from "./conversions.ts";
import type * as messages from "./messages.ts";
import { errorAnswer } from "./refusal.ts";
import { header, type ServerContext } from "./server-context.ts";

/** One message carries about as much at most; more than one revision only below it. */
const messageBytes = 1024 * 1024;

interface Watcher {
  readonly id: number;
  readonly range: KeyRange;
  readonly withPrevious: boolean;
  /** Kinds of events, as etcd numbers them, that are not wanted. */
  readonly without: ReadonlySet<number>;
  /** Everything up to here was sent. */
  sentUpTo: Revision;
}

/**
 * One stream of a client with its watches. It reads the core's history at its own pace and holds no queue: a client
 * that reads slowly falls behind, and is told so when the history it needs is gone.
 */
export class WatchSession {
  readonly #context: ServerContext;
  readonly #stream: ServerDuplexStream<messages.WatchRequest, messages.WatchResponse>;
  readonly #watchers = new Map<number, Watcher>();
  readonly #bell = new Bell();
  #nextId = 0;
  #progressAsked = false;
  #ended = false;

  constructor(
    context: ServerContext,
    stream: ServerDuplexStream<messages.WatchRequest, messages.WatchResponse>,
  ) {
    this.#context = context;
    this.#stream = stream;
    const end = (): void => this.end();
    stream.on("data", (request: messages.WatchRequest) => this.#take(request));
    stream.on("drain", this.#bell.ring);
    stream.on("end", end);
    stream.on("error", end);
    stream.on("cancelled", end);
  }

  /** Sends until the stream ends. */
  async run(): Promise<void> {
    const unsubscribe = this.#context.journal.onDurable(this.#bell.ring);
    while (!this.#ended) {
      if (!this.#sendSome()) await this.#bell.wait();
    }
    unsubscribe();
    this.#stream.end();
  }

  end(): void {
    this.#ended = true;
    this.#bell.ring();
  }

  #take(request: messages.WatchRequest): void {
    switch (request.request_union) {
      case "create_request":
        this.#create(request.create_request);
        break;
      case "cancel_request":
        this.#cancel(Number(request.cancel_request.watch_id), {});
        break;
      case "progress_request":
        this.#progressAsked = true;
        break;
      case undefined:
        break;
      default:
        unreachable(request);
    }
    this.#bell.ring();
  }

  #create(request: messages.WatchCreateRequest): void {
    const wantedId = Number(request.watch_id);
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1;
    const id = wantedId > 0 ? wantedId : this.#nextId;
    try {
      const range = keyRange(request.key, request.range_end);
      if (this.#watchers.has(id)) throw new RangeError("watch id already exists");
      const start = Number(request.start_revision);
      const sentUpTo = start > 0 ? start - 1 : this.#context.core.revision;
      this.#watchers.set(id, {
        id,
        range,
        withPrevious: request.prev_kv,
        without: new Set(request.filters),
        sentUpTo,
      });
      this.#write({ watch_id: id, created: true });
    } catch (error) {
      this.#write({ watch_id: -1, created: true, canceled: true, cancel_reason: errorAnswer(error).details });
    }
  }

  #cancel(id: number, why: Pick<messages.WatchResponse, "compact_revision" | "cancel_reason">): void {
    if (!this.#watchers.delete(id)) return;
    this.#write({ watch_id: id, canceled: true, ...why });
  }

  /** Sends what one watch has waiting. Returns false where nothing is left to look at, or the client must read first. */
  #sendSome(): boolean {
    if (this.#stream.writableNeedDrain) return false;
    for (const watcher of this.#watchers.values()) {
      if (this.#sendTo(watcher)) return true;
    }
    if (!this.#progressAsked) return false;
    // All watches have been sent everything up to the durable revision, so this is true of each of them.
    this.#progressAsked = false;
    this.#write({ watch_id: -1 }, this.#context.journal.durableRevision);
    return true;
  }

  #sendTo(watcher: Watcher): boolean {
    const { core, journal } = this.#context;
    if (watcher.sentUpTo >= journal.durableRevision) return false;
    const found = core.changesSince(watcher.sentUpTo, watcher.range, journal.durableRevision, messageBytes);
    if (found.compacted) {
      this.#cancel(watcher.id, { compact_revision: core.compacted });
      return true;
    }
    watcher.sentUpTo = found.revision;
    const wanted = found.changes.filter((change) => !watcher.without.has(change.after === null ? 1 : 0));
    if (wanted.length === 0) return watcher.sentUpTo < journal.durableRevision;
    const events = wanted.map((change) => eventMessage(change, watcher.withPrevious));
    this.#write({ watch_id: watcher.id, events }, found.revision);
    return true;
  }

  #write(response: Omit<messages.WatchResponse, "header">, revision?: Revision): void {
    if (!this.#ended) this.#stream.write({ header: header(this.#context, revision), ...response });
  }
}

function eventMessage(change: RecordChange, withPrevious: boolean): messages.EventMessage {
  const previous = withPrevious && change.before !== null ? { prev_kv: keyValue(change.before) } : {};
  if (change.after !== null) return { type: 0, kv: keyValue(change.after), ...previous };
  return { type: 1, kv: { key: toBuffer(change.key), mod_revision: change.revision }, ...previous };
}
