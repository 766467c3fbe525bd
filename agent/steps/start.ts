import type { StepOf } from "../../reconciler/model/step.ts";
import { bringUp } from "./bring-up.ts";
import type { Outcome, StepContext } from "./context.ts";

/** Done when a domain of the step's epoch runs, or has run. */
export function start(step: StepOf<"start">, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  return bringUp(step, context, signal);
}
