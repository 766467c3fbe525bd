/** What the watched folder means, seen against what is applied: what is told of it, and what may be done about it. */
import type { Issue } from "../desired/issues/issue.ts";
import { renderIssues } from "../desired/issues/render-issues.ts";
import type { FolderReader } from "../desired/load/folder-reader.ts";
import type { Loaded } from "../desired/load-result.ts";
import { judgeSource } from "../desired/suspect-source.ts";
import type { Clock } from "../model/clock.ts";
import { noChanges, type PlanReport, type SourceReport } from "../model/report.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import type { Head } from "./desired-objects.ts";
import { type Footing, undoneNames } from "./folder-base.ts";
import { footingOf } from "./folder-footing.ts";
import type { RandomBytes } from "./identities.ts";
import { propose, type Proposal } from "./propose.ts";

const pendingMax = 200;
const problemsMax = 50;

/** What the folder said last. */
export type Word =
  | { readonly status: "ok"; readonly loaded: Loaded }
  | { readonly status: "invalid" | "unreadable"; readonly problems: readonly string[] };

export interface JudgeOptions {
  readonly reader: Pick<FolderReader, "folder">;
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly feed: Pick<ClusterFeed, "state">;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** A generation, and the cluster that it is of. */
export interface Known {
  readonly cluster: string;
  readonly head: Head;
}

export interface Judgement {
  readonly report: Pick<SourceReport, "status" | "digest" | "pending" | "problems">;
  /** To be applied without asking; null: nothing. */
  readonly apply: Proposal | null;
  /** The generation that the folder says the same as; null: none that is known. */
  readonly base: Known | null;
}

export function wordOf(
  event:
    | { readonly kind: "revision"; readonly revision: Loaded }
    | { readonly kind: "invalid" | "unreadable"; readonly issues: readonly Issue[] },
): Word {
  if (event.kind === "revision") return { status: "ok", loaded: event.revision };
  return { status: event.kind, problems: rendered(event.issues) };
}

/** @throws StoreError */
export async function judgeFolder(word: Word, options: JudgeOptions): Promise<Judgement> {
  if (word.status !== "ok") return unusable(word.status, word.problems);
  const { feed, clock, random, store, keys, reader } = options;
  const { loaded } = word;
  const { applied } = feed.state;
  const verdict = judgeSource(applied.documents.keys(), loaded);
  if (verdict.kind === "suspect") return unusable("suspect", [verdict.message]);
  const warnings = rendered(loaded.warnings);
  const proposal = propose(feed.state, loaded, { now: clock.now(), random, allowDestroy: null, warnings });
  const { digest } = loaded;
  if (!proposal.changesIntent && applied.head !== null) {
    const base = { cluster: applied.desired.cluster.name, head: applied.head };
    const report = { status: "ok", digest, pending: emptied(proposal.report), problems: [] } as const;
    return { report, apply: null, base };
  }
  const footing = await footingOf({ store, keys, directory: reader.folder, loaded, applied });
  const isAutomatic = applied.head !== null && applied.desired.cluster.reconcile.mode === "safe";
  const problems = whyByHandOnly(footing, isAutomatic);
  const undo = footing.kind === "stale" ? footing.undo : null;
  const pending = shortened({ ...proposal.report, undo });
  const isStale = problems.length > 0;
  return {
    report: { status: isStale ? "stale" : "ok", digest, pending, problems },
    apply: isAutomatic && !isStale && isSafe(proposal) ? proposal : null,
    base: null,
  };
}

function unusable(status: SourceReport["status"], problems: readonly string[]): Judgement {
  return { report: { status, digest: null, pending: null, problems }, apply: null, base: null };
}

/** Empty: the folder lacks nothing that was applied, as far as that matters here. */
function whyByHandOnly(footing: Footing, isAutomatic: boolean): readonly string[] {
  switch (footing.kind) {
    case "current":
      return [];
    case "unknown":
      return isAutomatic
        ? ["it is not known which generation the folder is based on; `keel apply` once, by hand, tells"]
        : [];
    case "stale": {
      const { base, head, by } = footing.undo;
      return [
        `the folder is based on generation ${String(base)}; since then, up to generation ${String(head)} by ${by}, was applied what it would undo: ${undoneNames(footing.undo)}`,
      ];
    }
  }
}

/** One text an issue, so that a reader may show the first few. */
function rendered(issues: readonly Issue[]): string[] {
  return issues.slice(0, problemsMax).map((issue) => renderIssues([issue]).trimEnd());
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
