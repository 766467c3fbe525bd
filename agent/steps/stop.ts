import type { StepOf } from "../../reconciler/model/step.ts";
import { bringDown } from "./bring-down.ts";
import { done, type Outcome, type StepContext } from "./context.ts";

/** Done when no domain of the VM is there. Cancelled during its wait it leaves the guest running. */
export async function stop(
  step: StepOf<"stop">,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome> {
  const { vm, domain = vm, copy, epoch } = step;
  const meant = { vm: domain, maxEpoch: copy ?? epoch, onlyCopy: copy !== undefined };
  return (await bringDown({ ...step, ...meant }, context, signal)) ?? done();
}
