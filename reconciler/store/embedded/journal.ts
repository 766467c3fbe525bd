import { Bell } from "../bell.ts";
import type { Effect } from "../core/effect.ts";
import type { CoreState, StoreCore } from "../core/store-core.ts";
import type { Revision } from "../store.ts";
import { ByteWriter } from "./byte-buffer.ts";
import { filePath, removeOlder } from "./data-directory.ts";
import { createLog, type LogFile } from "./log-file.ts";
import { writeEffect } from "./record-codec.ts";
import { writeSnapshot } from "./snapshot-file.ts";
import { messageOf } from "../../model/thrown.ts";

export interface JournalOptions {
  readonly directory: string;
  readonly core: StoreCore;
  readonly storeId: string;
  readonly log: LogFile;
  readonly sequence: number;
  readonly snapshotBytes: number;
  /** A log longer than this, and than the last snapshot, is replaced by a new snapshot and a new log. */
  readonly maxLogBytes: number;
  /** Called once when the disk failed. From then on nothing is acknowledged. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Keeps on disk what the core does. While one write is being synced, the effects of all calls that come in are
 * collected, and go to the disk together as the next one. Nobody is told of a change before `flushed` resolves.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #unsubscribe: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #bell = new Bell();
  readonly #written: Promise<void>;
  #log: LogFile;
  #sequence: number;
  #snapshotBytes: number;
  #snapshot: Promise<void> | null = null;
  #rewriteAsked: PromiseWithResolvers<undefined> | null = null;
  #collecting = new Batch();
  #syncing: Batch | null = null;
  #durableRevision: Revision;
  #failure: Error | null = null;
  #closed = false;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#sequence = options.sequence;
    this.#snapshotBytes = options.snapshotBytes;
    this.#durableRevision = options.core.revision;
    this.#unsubscribe = options.core.subscribe((effect) => {
      this.#collecting.add(effect);
      this.#bell.ring();
    });
    this.#written = this.#writeBatches();
  }

  /** What may be shown to watchers. */
  get durableRevision(): Revision {
    return this.#durableRevision;
  }

  /** Bytes of the log and the snapshot, about. */
  get bytes(): number {
    return this.#log.bytes + this.#snapshotBytes;
  }

  /** Resolves when all that the core did so far is on disk; rejects where it never will be. */
  flushed(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (!this.#collecting.isEmpty) return this.#collecting.done;
    return this.#syncing?.done ?? Promise.resolve();
  }

  /** Calls back whenever `durableRevision` may have grown. The returned function ends it. */
  onDurable(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Begins a snapshot and a new log now, however short the log is: the disk then holds no more than what is in use.
   * Resolves when that is done.
   */
  rewrite(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#closed) return Promise.reject(new Error("the store is closed"));
    this.#rewriteAsked ??= Promise.withResolvers();
    this.#bell.ring();
    return this.#rewriteAsked.promise;
  }

  /** Writes what is collected, then closes the files. The core must not change any more. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#closed = true;
    this.#bell.ring();
    await this.#written;
    await this.#snapshot;
    this.#rewriteAsked?.reject(new Error("the store was closed"));
    await this.#log.close();
  }

  async #writeBatches(): Promise<void> {
    try {
      while (!this.#closed || !this.#collecting.isEmpty) {
        if (!this.#collecting.isEmpty) await this.#writeBatch();
        else if (this.#shallRewrite()) await this.#startNextLog(this.#options.core.capture());
        else await this.#bell.wait();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#collecting;
    this.#collecting = new Batch();
    this.#syncing = batch;
    // Taken in the same turn as the batch: the state after it, and before all that goes to the next log.
    const state = this.#shallStartNextLog() ? this.#options.core.capture() : null;
    await this.#log.append(batch.payload());
    this.#syncing = null;
    this.#durableRevision = batch.revision ?? this.#durableRevision;
    batch.resolve();
    for (const listener of [...this.#listeners]) listener();
    if (state !== null) await this.#startNextLog(state);
  }

  #shallStartNextLog(): boolean {
    const bound = Math.max(this.#options.maxLogBytes, this.#snapshotBytes);
    return this.#shallRewrite() || (this.#snapshot === null && this.#log.bytes > bound);
  }

  #shallRewrite(): boolean {
    return this.#snapshot === null && this.#rewriteAsked !== null;
  }

  /** Until the snapshot is safe, the one before and both logs are kept. */
  async #startNextLog(state: CoreState): Promise<void> {
    const { directory, storeId } = this.#options;
    const { revision } = state;
    const header = { storeId, sequence: this.#sequence + 1, revision, previousBytes: this.#log.bytes };
    const asked = this.#rewriteAsked;
    const next = await createLog(filePath(directory, "log", header.sequence), header);
    await this.#log.close();
    this.#log = next;
    this.#sequence = header.sequence;
    this.#rewriteAsked = null;
    this.#snapshot = writeSnapshot(filePath(directory, "snapshot", header.sequence), header, state)
      .then(async (bytes) => {
        this.#snapshotBytes = bytes;
        await removeOlder(directory, header.sequence);
        this.#snapshot = null;
        asked?.resolve(undefined);
        this.#bell.ring();
      })
      .catch((error: unknown) => {
        this.#fail(error);
        asked?.reject(error);
      });
  }

  #fail(cause: unknown): void {
    if (this.#failure !== null) return;
    const why = messageOf(cause);
    const { directory } = this.#options;
    this.#failure = new Error(
      `the embedded store in ${directory} cannot write: ${why}. It has stopped; mend the disk, then start it again.`,
      { cause },
    );
    this.#unsubscribe();
    this.#syncing?.reject(this.#failure);
    this.#collecting.reject(this.#failure);
    this.#rewriteAsked?.reject(this.#failure);
    this.#options.onFailure(this.#failure);
  }
}

/** Effects that are written, and become safe, together. */
class Batch {
  readonly #writer = new ByteWriter();
  readonly #settled = Promise.withResolvers<undefined>();
  #revision: Revision | null = null;

  constructor() {
    // A batch that nobody waits for may fail too; whoever waits has the promise.
    this.#settled.promise.catch(() => undefined);
  }

  get isEmpty(): boolean {
    return this.#writer.length === 0;
  }

  get done(): Promise<void> {
    return this.#settled.promise;
  }

  /** The last revision it makes; null where it makes none. */
  get revision(): Revision | null {
    return this.#revision;
  }

  add(effect: Effect): void {
    writeEffect(this.#writer, effect);
    if (effect.kind === "commit") this.#revision = effect.revision;
  }

  payload(): Buffer {
    return this.#writer.finish();
  }

  resolve(): void {
    this.#settled.resolve(undefined);
  }

  reject(error: Error): void {
    this.#settled.reject(error);
  }
}
