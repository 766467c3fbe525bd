import type { DiskSpec, StepOf } from "../../reconciler/model/step.ts";
import { act, failureOf, isFinalError } from "./act.ts";
import { cancelled, done, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

const maxTries = 3;
const pauseMs = 1_000;

/** Done when each named disk is removed. Cancelled on its way it keeps those that are left. */
export async function destroy(
  step: StepOf<"destroy">,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome> {
  for (const [index, disk] of step.disks.entries()) {
    if (findDomain(await context.look(signal), step.vm) !== null) {
      return failed("precondition", "a domain of it is still there");
    }
    if (context.cancelled()) return cancelled;
    context.report(Math.floor((index / step.disks.length) * 100), `removing ${disk.name}`);
    const end = await remove(disk, context, signal);
    if (end !== null) return end;
  }
  return done();
}

/** Returns null once it is removed, else how the step ends. */
async function remove(disk: DiskSpec, context: StepContext, signal: AbortSignal): Promise<Outcome | null> {
  for (let tries = 1; ; tries += 1) {
    const barred = await context.permit("any", signal);
    if (barred !== null) return barred;
    if (context.cancelled()) return cancelled;
    const error = await act(() => context.hypervisor.removeVolume(disk, signal));
    if (error === null) return null;
    if (tries === maxTries || isFinalError(error.code)) return failureOf(error);
    await context.clock.sleep(pauseMs, signal);
  }
}
