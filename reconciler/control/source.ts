/**
 * The watched folder, told to everybody: what it says against what is applied, under `source/<id>`. In
 * `reconcile.mode: safe` edits that orphan, stop and destroy nothing are applied by themselves.
 */
import type { Issue } from "../desired/issues/issue.ts";
import { renderIssues } from "../desired/issues/render-issues.ts";
import type { FolderReader } from "../desired/load/folder-reader.ts";
import type { Loaded } from "../desired/load-result.ts";
import { judgeSource } from "../desired/suspect-source.ts";
import { watchFolder } from "../desired/watch/watch-folder.ts";
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import { noChanges, type PlanReport, type SourceReport } from "../model/report.ts";
import type { Log } from "../runtime/log.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type Lease, type Store, StoreError } from "../store/store.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { commitProposal } from "./commit.ts";
import type { RandomBytes } from "./identities.ts";
import { propose, type Proposal } from "./propose.ts";

export interface SourceOptions {
  readonly reader: FolderReader;
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly feed: ClusterFeed;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Names this source. Its record lives under a lease: a watcher that is gone tells nothing. */
  readonly id: string;
  /** This machine's name, stored with what is applied. */
  readonly host: string;
  readonly settleMs?: number;
}

const leaseMs = 10_000;
const retryMs = 1_000;
const pendingMax = 200;
const problemsMax = 50;

/** What the folder said last. */
type Word =
  | { readonly status: "ok"; readonly loaded: Loaded }
  | { readonly status: "invalid" | "suspect" | "unreadable"; readonly problems: readonly string[] };

/** Runs until `signal` is aborted. */
export async function runSource(options: SourceOptions, signal: AbortSignal): Promise<void> {
  const { reader, clock, feed, settleMs } = options;
  const teller = new Teller(options);
  const stopHeeding = feed.subscribe(() => {
    teller.heed(signal);
  });
  try {
    await feed.reached(0, signal);
    const watching = { reader, clock, ...(settleMs === undefined ? {} : { settleMs }) };
    for await (const event of watchFolder(watching, signal)) {
      if (event.kind === "degraded") {
        options.log.warn("the folder is looked at in short intervals", { why: event.message });
        continue;
      }
      await teller.say(wordOf(event), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stopHeeding();
    await teller.close();
  }
}

function wordOf(
  event:
    | { readonly kind: "revision"; readonly revision: Loaded }
    | { readonly kind: "invalid" | "unreadable"; readonly issues: readonly Issue[] },
): Word {
  if (event.kind === "revision") return { status: "ok", loaded: event.revision };
  return { status: event.kind, problems: rendered(event.issues) };
}

/** One text an issue, so that a reader may show the first few. */
function rendered(issues: readonly Issue[]): string[] {
  return issues.slice(0, problemsMax).map((issue) => renderIssues([issue]).trimEnd());
}

/** Says what the folder means, again whenever what is applied has changed, one thing at a time. */
class Teller {
  readonly #options: SourceOptions;
  #word: Word | null = null;
  #generation = -1;
  #told = "";
  #lease: Lease | null = null;
  #speaking: Promise<void> = Promise.resolve();

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  say(word: Word, signal: AbortSignal): Promise<void> {
    this.#word = word;
    return this.#speak(signal);
  }

  /** Something changed in the store: what waits for `apply` may not wait any more. */
  heed(signal: AbortSignal): void {
    const { head } = this.#options.feed.state.applied;
    if (this.#word === null || (head?.generation ?? 0) === this.#generation) return;
    this.#speak(signal).catch((error: unknown) => {
      if (!signal.aborted) this.#options.log.error("the source cannot be told", { why: String(error) });
    });
  }

  async close(): Promise<void> {
    await this.#speaking.catch(() => undefined);
    await this.#lease?.revoke().catch(() => undefined);
  }

  #speak(signal: AbortSignal): Promise<void> {
    this.#speaking = this.#speaking.catch(() => undefined).then(() => this.#persist(signal));
    return this.#speaking;
  }

  /** Until it is told or there is something newer to tell. */
  async #persist(signal: AbortSignal): Promise<void> {
    const word = this.#word;
    while (word !== null && word === this.#word && !signal.aborted) {
      try {
        await this.#tell(word);
        return;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#options.log.warn("the source could not be told", { why: error.message });
        await this.#options.clock.sleep(retryMs, signal);
      }
    }
  }

  async #tell(word: Word): Promise<void> {
    const { clock, reader, keys, store, id, feed } = this.#options;
    this.#generation = feed.state.applied.head?.generation ?? 0;
    const { status, digest, pending, problems } = await this.#judge(word);
    const report = { directory: reader.folder, status, digest, pending, problems };
    const text = JSON.stringify(report);
    if (text === this.#told && this.#lease?.lost.aborted === false) return;
    if (this.#lease === null || this.#lease.lost.aborted) this.#lease = await store.grant(leaseMs);
    const record: SourceReport = { ...report, at: clock.now() };
    const put = { put: keys.source(id), value: encode(record), lease: this.#lease.id };
    await store.transact({ compare: [], then: [put] });
    this.#told = text;
  }

  async #judge(word: Word): Promise<Omit<SourceReport, "directory" | "at">> {
    const nothing = { digest: null, pending: null };
    if (word.status !== "ok") return { status: word.status, ...nothing, problems: word.problems };
    const { feed, clock, random } = this.#options;
    const { applied } = feed.state;
    const verdict = judgeSource(applied.documents.keys(), word.loaded);
    if (verdict.kind === "suspect") return { status: "suspect", ...nothing, problems: [verdict.message] };
    const warnings = rendered(word.loaded.warnings);
    const options = { now: clock.now(), random, allowDestroy: null, warnings };
    const proposal = propose(feed.state, word.loaded, options);
    const { digest } = word.loaded;
    if (!proposal.changesIntent)
      return { status: "ok", digest, pending: emptied(proposal.report), problems: [] };
    if (applied.desired.cluster.reconcile.mode === "safe" && applied.head !== null && isSafe(proposal)) {
      await this.#apply(proposal);
    }
    return { status: "ok", digest, pending: shortened(proposal.report), problems: [] };
  }

  async #apply(proposal: Proposal): Promise<void> {
    const { store, keys, clock, host, id, log } = this.#options;
    const options = { by: `source ${id}`, now: clock.now(), commit: null, allowDestroy: null, host };
    try {
      const head = await commitProposal(store, keys, proposal, options);
      log.info("applied by itself", { generation: head.generation });
    } catch (error) {
      // Somebody else was quicker: what is left to do is seen when that head arrives.
      if (!(error instanceof KeelError) || error.code !== "apply-conflict") throw error;
    }
  }
}

const harmless = new Set(["create", "update", "start", "migrate", "adopt"]);
const gentle = new Set(["none", "live", "migrate"]);

/** Orphans, stops, restarts and destroys nothing, and removes no document. */
function isSafe(proposal: Proposal): boolean {
  return proposal.report.changes.every((change) => harmless.has(change.word) && gentle.has(change.impact));
}

/** The folder says what is applied: what the loop is still doing about it is no edit that waits. */
function emptied(report: PlanReport): PlanReport {
  return { ...report, changes: [], hasChanges: false, summary: noChanges };
}

function shortened(report: PlanReport): PlanReport {
  return { ...report, changes: report.changes.slice(0, pendingMax) };
}
