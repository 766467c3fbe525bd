/**
 * A cluster's records, kept up to date: one listing, then the watch; listed anew where the watch fell behind. Events
 * only say "look again": a subscriber reads `state`, never the event (law 4).
 */
import type { Clock } from "../model/clock.ts";
import type { Log } from "../runtime/log.ts";
import { type Change, type Revision, type Store, StoreError } from "../store/store.ts";
import { ClusterState } from "./cluster-state.ts";
import { abortReason } from "../model/thrown.ts";

export interface FeedOptions {
  readonly store: Store;
  readonly root: string;
  readonly clock: Clock;
  readonly log: Log;
}

const retryMs = 1_000;

export class ClusterFeed {
  readonly #options: FeedOptions;
  readonly #subscribers = new Set<(changes: readonly Change[]) => void>();
  #state: ClusterState;
  #listed = false;
  #listing = new AbortController();
  #problem: { readonly since: number; readonly why: string } | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#state = new ClusterState(options.root);
  }

  /** As of the last revision that arrived. Before the first listing it is empty, and `listed` is false. */
  get state(): ClusterState {
    return this.#state;
  }

  get listed(): boolean {
    return this.#listed;
  }

  /** Since when, by the injected clock, and why nothing new arrives; null: all is well. */
  get problem(): { readonly since: number; readonly why: string } | null {
    return this.#problem;
  }

  /** Calls back after every change, with what changed; empty after a listing. The returned function ends it. */
  subscribe(callback: (changes: readonly Change[]) => void): () => void {
    this.#subscribers.add(callback);
    return () => this.#subscribers.delete(callback);
  }

  /**
   * What is known is of a store that was set back: a watch would wait for revisions that it had once. All is listed
   * anew; until then the feed has reached nothing.
   */
  relist(): void {
    this.#listed = false;
    this.#listing.abort(new Error("listed anew"));
  }

  /** Resolves once the feed has reached the revision. */
  async reached(revision: Revision, signal: AbortSignal): Promise<void> {
    while (!this.#listed || this.#state.revision < revision) await this.changed(signal);
  }

  /** Resolves at the next change; rejects when `signal` is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = () => {
        unsubscribe();
        signal.removeEventListener("abort", abort);
      };
      const abort = () => {
        end();
        reject(abortReason(signal));
      };
      const unsubscribe = this.subscribe(() => {
        end();
        resolve();
      });
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  /** Runs until `signal` is aborted. Store errors are waited out and told by `problem`. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof StoreError)) throw error;
        this.#problem ??= { since: clock.now(), why: error.message };
        log.warn("the store does not answer", { why: error.message });
        this.#tell([]);
        await clock.sleep(retryMs, signal).catch(() => undefined);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { store, root } = this.#options;
    this.#listing = new AbortController();
    const either = AbortSignal.any([signal, this.#listing.signal]);
    const snapshot = await store.list(root);
    if (either.aborted) return;
    const state = new ClusterState(root);
    state.load(snapshot.items, snapshot.revision);
    this.#state = state;
    this.#listed = true;
    this.#problem = null;
    this.#tell([]);
    for await (const event of store.watch(root, snapshot.revision, either)) {
      if (event.type === "relist" || either.aborted) return;
      this.#problem = null;
      state.apply(event.changes, event.revision);
      this.#tell(event.changes);
    }
  }

  #tell(changes: readonly Change[]): void {
    for (const callback of [...this.#subscribers]) callback(changes);
  }
}
