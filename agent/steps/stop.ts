import type { StepOf } from "../../reconciler/model/step.ts";
import { bringDown } from "./bring-down.ts";
import { done, type Outcome, type StepContext } from "./context.ts";

/** Done when no domain of the VM is there. Cancelled during its wait it leaves the guest running. */
export async function stop(
  step: StepOf<"stop">,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome> {
  return (
    (await bringDown(
      { ...step, maxEpoch: step.copy ?? step.epoch, onlyCopy: step.copy !== undefined },
      context,
      signal,
    )) ?? done()
  );
}
