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
import type { Goal, Unreached } from "./follow/goal.ts";
import { newestEvent } from "./follow/step-tracker.ts";
import { gitCommit } from "./git-commit.ts";
import { blockedLines } from "./output/blocked-text.ts";
import { durationText } from "./output/duration-text.ts";
import { count } from "../tui/view/amounts.ts";
import { layoutFor } from "./output/layout.ts";
import { shownId } from "./output/object-names.ts";
import { print } from "./output/paint.ts";
import { progressView } from "./output/progress.ts";
import { checkUnused, usedOnce } from "./plan-use.ts";
import type { FolderProposal } from "./propose-folder.ts";
import { checkFresh, type SavedPlan, storeIdOf } from "./saved-plan.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export interface CarryOutOptions extends FollowedOptions {
  /** Where a saved plan is applied; it is used up by this. */
  readonly saved: SavedPlan | null;
  /** What is put on record with the apply, where it is no plain one. */
  readonly note: string | null;
  /** Whether the folder lacks nothing of what is in force by then. */
  readonly keepsBase: boolean;
}

/** How what goes on is followed. */
export interface FollowedOptions {
  /** false: `--no-wait`. */
  readonly follow: boolean;
  /** null: as long as it takes. */
  readonly timeoutMs: number | null;
  readonly goals: readonly Goal[];
  /** `--wait`: that the goals are not reached is an error. */
  readonly insists: boolean;
}

/** @throws KeelError `apply-conflict`, `plan-used`, `approval-needed`, `apply-failed`, `not-reached`, and what following throws */
export async function carryOut(
  context: Context,
  proposed: FolderProposal,
  options: CarryOutOptions,
): Promise<void> {
  const afterEvent = newestEvent(proposed.feed.state);
  const head = await commit(context, proposed, options);
  const keeping = options.keepsBase ? keepBase(context, proposed, head) : Promise.resolve();
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
  await followToRest(context, { feed, generation, afterEvent }, options);
}

/** From what is in force to the cluster at rest. @throws KeelError `approval-needed`, `apply-failed`, `not-reached` */
export async function followToRest(
  context: Context,
  from: Pick<FollowOptions, "feed" | "generation" | "afterEvent">,
  options: FollowedOptions,
  subject: "Apply complete" | "Done" = "Apply complete",
): Promise<void> {
  const { timeoutMs, goals, insists } = options;
  const end = await follow(context, { ...from, timeoutMs, goals });
  const [first] = end.unreached;
  if (insists && first !== undefined) {
    print(context, blockedLines(end.blocked, layoutFor(context)));
    throw notReached(first, end.unreached.length - 1);
  }
  conclude(context, end, goals, subject);
}

async function commit(
  context: Context,
  { feed, proposal, host }: FolderProposal,
  options: CarryOutOptions,
): Promise<Head> {
  const { clock, user, directory, signal } = context;
  const { saved, note, keepsBase } = options;
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const gitHead = saved === null ? await gitCommit(directory, signal) : saved.commit;
  signal.throwIfAborted();
  const now = clock.now();
  if (saved !== null) {
    checkFresh(saved, feed.state, { now, storeId: await storeIdOf(store, keys) });
  }
  const once = saved === null ? null : await usedOnce(store, keys, saved, { by: user, at: now });
  const noted = note === null ? {} : { note };
  const by = { by: user, now, commit: gitHead, host, ...noted };
  // Where no head is written, the use of the plan is written first: rather not at all than twice.
  if (once !== null && !proposal.changesIntent) await once.mark();
  if (keepsBase && proposal.changesIntent) await keepAttempt(context, proposal);
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
    const why = messageOf(error);
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

function conclude(context: Context, end: FollowEnd, goals: readonly Goal[], subject: string): void {
  const { generation, done, failed, blocked, elapsedMs } = end;
  print(context, blockedLines(blocked, layoutFor(context)));
  const total = done + failed.length;
  if (failed.length > 0) throw new KeelError("apply-failed", { failed: failed.length, total });
  const steps = done === 0 ? "no step was needed" : `${count(done, "step")} in ${durationText(elapsedMs)}`;
  const rest = blocked.length === 0 ? "" : `, ${blocked.length} blocked`;
  for (const line of end.besides) context.out(line);
  context.out(`${subject}: ${steps}${rest}${reachedBy(goals, end)} (generation ${generation}).`);
  endWithBlocked(blocked);
}

/** `; node/hv1 is flushed`. */
function reachedBy(goals: readonly Goal[], { unreached }: FollowEnd): string {
  const [first] = goals;
  if (first === undefined || unreached.length > 0) return "";
  const same = goals.every(({ wanted }) => wanted === first.wanted);
  if (goals.length > 1) return same ? `; all ${goals.length} are ${first.wanted}` : "";
  return `; ${first.what} is ${first.wanted}`;
}

function notReached({ what, wanted, obstacles }: Unreached, others: number): KeelError {
  const reasons = obstacles.length === 0 ? ["nothing is being done about it"] : obstacles;
  const more = others === 0 ? "" : `; nor are ${count(others, "other")}`;
  return new KeelError("not-reached", {
    what: `${what} is not ${wanted}`,
    why: `${reasons.join("; ")}${more}`,
  });
}

/** @throws KeelError `approval-needed` where some of it waits for one */
export function endWithBlocked(blocked: readonly BlockedReport[]): void {
  const waiting = blocked.filter(({ reason }) => reason.code === "approval-needed");
  if (waiting.length === 0) return;
  const what = waiting.map(({ object }) => shownId(object)).join(", ");
  throw new KeelError("approval-needed", { what });
}
