import type { StepOf } from "../../reconciler/model/step.ts";
import { firstDifference } from "../hypervisor/hardware-fields.ts";
import type { Reading } from "../hypervisor/hypervisor.ts";
import { bringAbout } from "./bring-about.ts";
import { done, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

/** Done when the running domain has the wanted fields, and knows that they were set by us. */
export function update(step: StepOf<"update">, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  const { vm, hardware, fields, spec = null } = step;
  return bringAbout(
    {
      judge: (reading) => judge(reading, step),
      session: "any",
      // Whether it is worth another try is the planner's to say: a guest may never let go of a device.
      acts: 1,
      act: (inner) => context.hypervisor.change(vm, { hardware, fields, spec }, inner),
    },
    context,
    signal,
  );
}

function judge(reading: Reading, { vm, epoch, hardware, fields }: StepOf<"update">): Outcome | "act" {
  const domain = findDomain(reading, vm);
  if (domain === null || domain.state === "incoming") return failed("precondition", "it does not run here");
  // An older one is the same VM: a restart of it ended before it began.
  if (domain.epoch > epoch) return failed("precondition", `another run is there, of epoch ${domain.epoch}`);
  const { live, applied } = domain;
  const isAsWanted = firstDifference(live, hardware, fields) === null;
  return isAsWanted && firstDifference(applied, hardware, fields) === null ? done() : "act";
}
