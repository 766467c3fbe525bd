import type { Progress, StepOf } from "../../reconciler/model/step.ts";
import type { Domain, Reading } from "../hypervisor/hypervisor.ts";
import { backoffMs } from "../retry.ts";
import { act } from "./act.ts";
import { cancelled, done, failed, type HandOverContext, type Outcome } from "./context.ts";
import { findDomain, findEnd } from "./reading.ts";

/** Changes are heard of at once; looking now and then makes a lost message cost time only. */
const waitMs = 30_000;
/** Between two looks at whether the source can still answer, once the step is cancelled. */
const askMs = 5_000;
const cutEveryMs = 5_000;
/** What was done may take this long to be seen. */
const effectMs = 10_000;

/**
 * The target's role: holds the paused copy until the source has told its end. It resumes the copy on the source's
 * *done* and on nothing else, and cuts it on any other end. Whether a silent source is lost is the leader's to judge:
 * it cancels this role then, and only once nobody can answer for the source any more.
 */
export async function migrateReceive(
  step: StepOf<"migrate">,
  context: HandOverContext,
  signal: AbortSignal,
): Promise<Outcome> {
  for (;;) {
    await context.look(signal); // From now on a change is news.
    const source = context.other();
    const end = source === null ? null : endAfter(source, step);
    if (end === "resume") return resume(step, context, signal);
    if (end !== null) return letGo(step, end, context, signal);
    // While the source may still say *done*, its guest may live on in our copy alone: cancelled or not, wait.
    if (context.cancelled() && !(await context.otherMayAnswer(signal))) {
      // Nobody has told anything: by now somebody may have, to another agent of this node.
      const barred = await context.permit("any", signal);
      return barred ?? letGo(step, cancelled, context, signal);
    }
    await context.changed(context.cancelled() ? askMs : waitMs, signal);
  }
}

/** What the source's word means for the copy; null: it has not told its end. */
function endAfter(source: Progress, { node }: StepOf<"migrate">): Outcome | "resume" | null {
  switch (source.phase) {
    case "claimed":
    case "running":
      return null;
    case "done":
      return "resume";
    case "cancelled":
      return cancelled;
    case "failed":
      if (source.failure !== "source-ended") return cancelled;
      return failed("source-ended", `on ${node} ${source.detail}`);
  }
}

/**
 * As long as it takes: the guest is nowhere else, so there is nothing to fall back on. What is shared by both nodes may
 * not have let go of the source yet.
 */
async function resume(
  step: StepOf<"migrate">,
  context: HandOverContext,
  signal: AbortSignal,
): Promise<Outcome> {
  for (let failures = 0; ;) {
    const verdict = judgeResumed(await context.look(signal), step);
    if (verdict !== "act") return verdict;
    const barred = await context.permit("any", signal);
    if (barred !== null) return barred;
    const error = await act(() => context.hypervisor.resume(step.vm, signal));
    if (error !== null) {
      failures += 1;
      context.report(null, `the copy cannot be resumed yet: ${error.message}`);
    }
    await context.changed(error === null ? effectMs : backoffMs(failures), signal);
  }
}

function judgeResumed(reading: Reading, { vm, toEpoch }: StepOf<"migrate">): Outcome | "act" {
  const copy = findDomain(reading, vm);
  if (copy === null) {
    const ran = findEnd(reading, vm, toEpoch) !== null;
    return ran ? done("it ran, and has ended since") : failed("hypervisor-error", "the copy is gone");
  }
  if (copy.epoch !== toEpoch) return failed("precondition", `another run is there, of epoch ${copy.epoch}`);
  return copy.state === "running" ? done() : "act";
}

/** Cuts the copy, as long as it takes: while it is there the step is not over. A copy that runs is not touched. */
async function letGo(
  step: StepOf<"migrate">,
  end: Outcome,
  context: HandOverContext,
  signal: AbortSignal,
): Promise<Outcome> {
  for (;;) {
    const copy = findDomain(await context.look(signal), step.vm);
    if (!isOurCopy(copy, step)) return end;
    if (copy.state === "running") {
      return failed("precondition", `the copy runs although ${step.node} did not hand it over`);
    }
    const error = await act(() => context.hypervisor.cut(step.vm, signal));
    if (error === null) continue;
    context.report(null, `the copy cannot be cut yet: ${error.message}`);
    await context.changed(cutEveryMs, signal);
  }
}

function isOurCopy(copy: Domain | null, { toEpoch }: StepOf<"migrate">): copy is Domain {
  return copy?.epoch === toEpoch;
}
