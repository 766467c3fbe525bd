/** The second half of `keel apply`: writing down what was agreed to, and following it until the cluster is at rest. */
import { commitProposal } from "../reconciler/control/commit.ts";
import { rememberAttempt, rememberBase } from "../reconciler/control/folder-footing.ts";
import type { Head } from "../reconciler/control/desired-objects.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { BlockedReport } from "../reconciler/model/report.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import type { Context } from "./context.ts";
import { followApply, type FollowEnd, type FollowOptions } from "./follow/follow-apply.ts";
import { newestEvent } from "./follow/step-tracker.ts";
import { gitCommit } from "./git-commit.ts";
import { blockedLines } from "./output/blocked-text.ts";
import { countOf, durationText } from "./output/counts.ts";
import { layoutFor } from "./output/layout.ts";
import { shownId } from "./output/object-names.ts";
import { print } from "./output/paint.ts";
import { progressView } from "./output/progress.ts";
import { checkUnused, usedOnce } from "./plan-use.ts";
import type { FolderProposal } from "./propose-folder.ts";
import { checkFresh, type SavedPlan, storeIdOf } from "./saved-plan.ts";

export interface CarryOutOptions {
  /** Where a saved plan is applied; it is used up by this. */
  readonly saved: SavedPlan | null;
  /** false: `--no-wait`. */
  readonly follow: boolean;
  /** null: as long as it takes. */
  readonly timeoutMs: number | null;
  /** What is put on record with the apply, where it is no plain one. */
  readonly note: string | null;
}

/** @throws KeelError `apply-conflict`, `plan-used`, `approval-needed`, `apply-failed`, and what following throws */
export async function carryOut(
  context: Context,
  proposed: FolderProposal,
  options: CarryOutOptions,
): Promise<void> {
  const afterEvent = newestEvent(proposed.feed.state);
  const head = await commit(context, proposed, options);
  const keeping = options.saved === null ? keepBase(context, proposed, head) : Promise.resolve();
  try {
    await tell(context, proposed, options, { head, afterEvent });
  } finally {
    await keeping;
  }
}

async function tell(
  context: Context,
  { proposal, report, feed }: FolderProposal,
  options: CarryOutOptions,
  { head, afterEvent }: { readonly head: Head; readonly afterEvent: FollowOptions["afterEvent"] },
): Promise<void> {
  context.out("");
  context.out(
    proposal.changesIntent
      ? `Generation ${head.generation} is in force.`
      : "What was changed by hand is set back.",
  );
  if (!options.follow) {
    context.out("What it takes is being done; `keel get steps` shows where it stands.");
    endWithBlocked(report.blocked);
    return;
  }
  const { generation } = head;
  const end = await follow(context, { feed, generation, afterEvent, timeoutMs: options.timeoutMs });
  conclude(context, end);
}

async function commit(
  context: Context,
  { feed, proposal }: FolderProposal,
  options: CarryOutOptions,
): Promise<Head> {
  const { clock, user, resolveOptions, directory, signal } = context;
  const { saved, note } = options;
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const gitHead = saved === null ? await gitCommit(directory, signal) : saved.commit;
  signal.throwIfAborted();
  const now = clock.now();
  if (saved !== null) {
    checkFresh(saved, feed.state, { now, storeId: await storeIdOf(store, keys) });
  }
  const once = saved === null ? null : await usedOnce(store, keys, saved, { by: user, at: now });
  const host = saved?.host ?? resolveOptions.host;
  const noted = note === null ? {} : { note };
  const by = { by: user, now, commit: gitHead, host, ...noted };
  // Where no head is written, the use of the plan is written first: rather not at all than twice.
  if (once !== null && !proposal.changesIntent) await once.mark();
  if (saved === null && proposal.changesIntent) await keepAttempt(context, proposal);
  const head = await commitProposal(store, keys, proposal, { ...by, ...once?.beside }).catch(
    async (error: unknown) => {
      if (saved !== null) await checkUnused(store, keys, saved);
      throw error;
    },
  );
  await feed.reached(await revisionWritten(store, keys, proposal), signal);
  return head;
}

/** From now on the folder is based on what is in force. Never rejects. */
async function keepBase(context: Context, { proposal }: FolderProposal, head: Head): Promise<void> {
  await kept(context, rememberBase(context.directory, proposal.desired.cluster.name, head));
}

/** From now on the folder may be based on what is about to be in force. Never rejects. */
async function keepAttempt(context: Context, proposal: FolderProposal["proposal"]): Promise<void> {
  const { base, desired, digest } = proposal;
  const generation = (base.head?.generation ?? 0) + 1;
  await kept(context, rememberAttempt(context.directory, desired.cluster.name, { generation, digest }));
}

async function kept({ log }: Context, writing: Promise<void>): Promise<void> {
  await writing.catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    log.warn("which generation the folder is based on could not be kept beside it", { why });
  });
}

/** What following must have seen before it looks: the head, and the requests to set back what was changed by hand. */
async function revisionWritten(
  store: Store,
  keys: ClusterKeys,
  { plan }: FolderProposal["proposal"],
): Promise<number> {
  const reverts = plan.steps.filter(({ step }) => step.reason.code === "changed-by-hand");
  const wanted = [keys.head, ...reverts.map(({ step }) => keys.request(`revert-${step.vm}`))];
  const found = await Promise.all(wanted.map((key) => store.get(key)));
  return Math.max(0, ...found.map((item) => item?.modRevision ?? 0));
}

async function follow(context: Context, options: Omit<FollowOptions, "clock" | "view">): Promise<FollowEnd> {
  const view = progressView(context);
  try {
    return await followApply({ ...options, clock: context.clock, view }, context.signal);
  } finally {
    view.close();
    if (context.signal.aborted)
      context.err(`Generation ${options.generation} stays in force, and what was begun goes on.`);
  }
}

function conclude(context: Context, { generation, done, failed, blocked, elapsedMs }: FollowEnd): void {
  print(context, blockedLines(blocked, layoutFor(context)));
  const total = done + failed.length;
  if (failed.length > 0) throw new KeelError("apply-failed", { failed: failed.length, total });
  const steps =
    done === 0 ? "there was nothing to do" : `${countOf(done, "step")} in ${durationText(elapsedMs)}`;
  const rest = blocked.length === 0 ? "" : `, ${blocked.length} blocked`;
  context.out(`Apply complete: ${steps}${rest} (generation ${generation}).`);
  endWithBlocked(blocked);
}

/** @throws KeelError `approval-needed` where some of it waits for one */
export function endWithBlocked(blocked: readonly BlockedReport[]): void {
  const waiting = blocked.filter(({ reason }) => reason.code === "approval-needed");
  if (waiting.length === 0) return;
  const what = waiting.map(({ object }) => shownId(object)).join(", ");
  throw new KeelError("approval-needed", { count: waiting.length, what });
}
