/** What applying the folder would mean: the first half of plan, apply and drift. */
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { footingOf, rememberBase } from "../reconciler/control/folder-footing.ts";
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import { propose, type Proposal } from "../reconciler/control/propose.ts";
import type { Loaded } from "../reconciler/desired/load-result.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { PlanReport, UndoReport } from "../reconciler/model/report.ts";
import type { Context } from "./context.ts";
import { refuseIfFrozen } from "./frozen.ts";
import { believedFolder, warningsOf } from "./folder.ts";
import { summaryOf } from "./output/plan-sentences.ts";

export interface ProposeFolderOptions {
  /** `--allow-destroy=N`. */
  readonly allowDestroy: number | null;
  /** `--allow-orphan=N`. */
  readonly allowOrphan: number | null;
  /** What is wrong with the folder is told line by line, beside the error. */
  readonly isTold: boolean;
}

export interface FolderProposal {
  readonly feed: ClusterFeed;
  readonly loaded: Loaded;
  readonly proposal: Proposal;
  /** The machine whose name the one node has, where no Node document says otherwise. */
  readonly host: string;
  /** What applying it would do, without what the loop does by itself anyway. */
  readonly report: PlanReport;
}

/**
 * @throws KeelError where the folder cannot be believed, or names another cluster
 * @throws StoreError where the store does not answer
 */
export async function proposeFolder(
  context: Context,
  options: ProposeFolderOptions,
): Promise<FolderProposal> {
  const { allowDestroy, allowOrphan, isTold } = options;
  const feed = await context.feed();
  const { state } = feed;
  refuseIfFrozen(state);
  const loaded = await believedFolder(context, { head: state.applied.documents.keys(), allowOrphan, isTold });
  await checkClusterName(context, state, loaded);
  const { clock, random } = context;
  const warnings = warningsOf(loaded, context);
  const proposal = propose(state, loaded, { now: clock.now(), random, allowDestroy, warnings });
  const undo = await undoneBy(context, state, loaded);
  const { host } = context.resolveOptions;
  return { feed, loaded, proposal, host, report: { ...askedFor(proposal), undo } };
}

/** What the folder lacks of what was applied. Where it lacks nothing because both are the same, that is remembered. */
async function undoneBy(
  context: Context,
  { applied }: ClusterState,
  loaded: Loaded,
): Promise<UndoReport | null> {
  const { directory } = context;
  if (applied.head?.digest === loaded.digest) {
    // A folder that cannot be written is only not known to be based on this, next time.
    await rememberBase(directory, applied.desired.cluster.name, applied.head).catch(() => undefined);
    return null;
  }
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const footing = await footingOf({ store, keys, directory, loaded, applied });
  return footing.kind === "stale" ? footing.undo : null;
}

/**
 * What is asked for by applying. Where the documents are those in force, that is to set back what was changed by hand;
 * every other step was asked for by an earlier apply, and the loop takes it without another.
 */
export function askedFor({ report, changesIntent }: Proposal): PlanReport {
  if (changesIntent) return report;
  const changes = report.changes.filter(({ steps }) =>
    steps.some((step) => step.reason.code === "changed-by-hand"),
  );
  return { ...report, changes, summary: summaryOf(changes), hasChanges: changes.length > 0 };
}

/**
 * A cluster's name is part of all its keys: under another name everything would be new.
 * @throws KeelError `cluster-renamed`
 */
export async function checkClusterName(context: Context, state: ClusterState, loaded: Loaded): Promise<void> {
  const files = loaded.desired.cluster.name;
  const store = state.applied.head === null ? (await context.cluster()).name : state.desired.cluster.name;
  if (files !== store) throw new KeelError("cluster-renamed", { files, store });
}
