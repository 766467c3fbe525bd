/**
 * The watched folder, told to everybody: what it says against what is applied, under the cluster's one source key. In
 * `reconcile.mode: safe` edits that orphan, stop and destroy nothing are applied by themselves.
 */
import type { FolderReader } from "../desired/load/folder-reader.ts";
import { watchFolder } from "../desired/watch/watch-folder.ts";
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import type { SourceReport } from "../model/report.ts";
import type { Log } from "../runtime/log.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type Store, StoreError } from "../store/store.ts";
import type { StoreTrust } from "../store/trust/trust.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { commitProposal } from "./commit.ts";
import { rememberBase } from "./folder-footing.ts";
import type { RandomBytes } from "./identities.ts";
import type { Proposal } from "./propose.ts";
import { judgeFolder, type Known, type Word, wordOf } from "./source-judgement.ts";
import { holdSource, type SourceHold } from "./source-lease.ts";
import { messageOf } from "../model/thrown.ts";

export interface SourceOptions {
  readonly reader: FolderReader;
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly feed: ClusterFeed;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Names this source among the reconcilers. */
  readonly id: string;
  /** This machine's name, stored with what is applied. */
  readonly host: string;
  readonly settleMs?: number;
  /** Nothing is applied by itself while the store may not be believed. Left out: it always may. */
  readonly trust?: StoreTrust;
}

const retryMs = 1_000;

/**
 * Runs until `signal` is aborted.
 * @throws KeelError `source-taken` where another folder is watched, now or after this one's lease was lost
 */
export async function runSource(options: SourceOptions, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const teller = new Teller(options);
  const failures: unknown[] = [];
  const parts = [teller.run(until), watch(options, teller, until)].map(async (part) => {
    try {
      await part;
    } catch (error) {
      if (!until.aborted) failures.push(error);
      over.abort();
    }
  });
  await Promise.all(parts);
  if (failures.length > 0) throw failures[0];
}

async function watch(options: SourceOptions, teller: Teller, signal: AbortSignal): Promise<void> {
  const { reader, clock, log, settleMs } = options;
  const watching = { reader, clock, ...(settleMs === undefined ? {} : { settleMs }) };
  for await (const event of watchFolder(watching, signal)) {
    if (event.kind === "degraded") {
      log.warn("the folder is looked at in short intervals", { why: event.message });
    } else {
      teller.say(wordOf(event));
    }
  }
}

/** Says what the folder means, again whenever what is applied has changed, one thing at a time. */
class Teller {
  readonly #options: SourceOptions;
  readonly #wakeup: Wakeup;
  #word: Word | null = null;
  #hold: SourceHold | null = null;
  #told = "";

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#wakeup = new Wakeup(options.clock);
  }

  say(word: Word): void {
    this.#word = word;
    this.#wakeup.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { feed, keys } = this.#options;
    const unsubscribe = feed.subscribe((changes) => {
      const isAboutHead = changes.some((change) => change.type === "put" && change.item.key === keys.head);
      if (isAboutHead || changes.length === 0) this.#wakeup.ring();
    });
    try {
      await feed.reached(0, signal);
      while (!signal.aborted) {
        const { mark } = this.#wakeup;
        const againInMs = await this.#attempt(signal);
        await this.#wakeup.wait(mark, againInMs, signal);
      }
    } finally {
      unsubscribe();
      await this.#letGo();
    }
  }

  /** In how many milliseconds to try again; null: when there is something newer to tell. */
  async #attempt(signal: AbortSignal): Promise<number | null> {
    try {
      const hold = await this.#held(signal);
      if (this.#word === null || (await this.#tell(this.#word, hold))) return null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.log.warn("the source could not be told", { why: error.message });
      if (error.code !== "lease-gone") return retryMs;
    }
    await this.#letGo();
    return 0;
  }

  async #held(signal: AbortSignal): Promise<SourceHold> {
    if (this.#hold?.lease.lost.aborted === false) return this.#hold;
    this.#hold = null;
    this.#told = "";
    const { reader, log } = this.#options;
    const hold = await holdSource({ ...this.#options, directory: reader.folder }, signal);
    log.info("the folder is watched", { directory: reader.folder });
    hold.lease.lost.addEventListener("abort", this.#wakeup.ring, { once: true });
    this.#hold = hold;
    return hold;
  }

  async #letGo(): Promise<void> {
    const hold = this.#hold;
    this.#hold = null;
    await hold?.lease.revoke().catch((error: unknown) => {
      if (!(error instanceof StoreError)) throw error;
    });
  }

  /** Whether this watcher still holds the source. */
  async #tell(word: Word, hold: SourceHold): Promise<boolean> {
    const { clock, reader, keys, store, id, host } = this.#options;
    const { report, apply, base } = await judgeFolder(word, this.#options);
    if (base !== null) await this.#remember(base);
    if (apply !== null) await this.#apply(apply, hold);
    const said = { id, host, directory: reader.folder, ...report };
    const text = JSON.stringify(said);
    if (text === this.#told) return true;
    const record: SourceReport = { ...said, at: clock.now() };
    const put = { put: keys.source, value: encode(record), lease: hold.lease.id };
    const { ok } = await store.transact({ compare: [hold.guard], then: [put] });
    if (ok) this.#told = text;
    return ok;
  }

  async #apply(proposal: Proposal, hold: SourceHold): Promise<void> {
    const { store, keys, clock, host, id, log, trust } = this.#options;
    const believed = trust?.guard();
    if (believed === null) return;
    const compare = believed === undefined ? [hold.guard] : [hold.guard, believed];
    const by = { by: `source ${id}`, now: clock.now(), commit: null, host };
    try {
      const head = await commitProposal(store, keys, proposal, { ...by, compare });
      log.info("applied by itself", { generation: head.generation });
      await this.#remember({ cluster: proposal.desired.cluster.name, head });
    } catch (error) {
      // Somebody else was quicker: what is left to do is seen when that head arrives.
      if (!(error instanceof KeelError) || error.code !== "apply-conflict") throw error;
    }
  }

  /** A folder that cannot be written is no less the source; it only counts as stale sooner. */
  async #remember({ cluster, head }: Known): Promise<void> {
    const { reader, log } = this.#options;
    await rememberBase(reader.folder, cluster, head).catch((error: unknown) => {
      const why = messageOf(error);
      log.warn("the folder's base could not be kept", { why });
    });
  }
}
