import type { StepOf } from "../../reconciler/model/step.ts";
import { bringDown } from "./bring-down.ts";
import { bringUp } from "./bring-up.ts";
import type { Outcome, StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

/** Done when a domain of the step's epoch runs: a new run, whatever became of the former one. */
export async function restart(
  step: StepOf<"restart">,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { vm, epoch, timeoutMs } = step;
  const former = findDomain(await context.look(signal), vm);
  if (former !== null && former.epoch < epoch) {
    const down = { vm, maxEpoch: epoch - 1, method: "graceful", timeoutMs, then: "poweroff" } as const;
    const end = await bringDown(down, context, signal);
    if (end !== null) return end;
  }
  return bringUp(step, context, signal);
}
