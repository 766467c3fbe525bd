import type { StepOf } from "../../reconciler/model/step.ts";
import type { Reading } from "../hypervisor/hypervisor.ts";
import { bringAbout } from "./bring-about.ts";
import { done, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

/** Done when the running domain carries the VM's new name, and none the old one. */
export function rename(step: StepOf<"rename">, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  return bringAbout(
    {
      judge: (reading) => judge(reading, step),
      session: "any",
      act: (inner) => context.hypervisor.relabel(step.from, step.vm, inner),
    },
    context,
    signal,
  );
}

function judge(reading: Reading, { from, vm, epoch }: StepOf<"rename">): Outcome | "act" {
  const before = findDomain(reading, from);
  const after = findDomain(reading, vm);
  if (before !== null && after !== null)
    return failed("precondition", `domains ${from} and ${vm} are both there`);
  const domain = before ?? after;
  if (domain === null) return failed("precondition", `there is no domain ${from}`);
  // An older one is the same VM: a restart of it ended before it began.
  if (domain.epoch > epoch) return failed("precondition", `another run is there, of epoch ${domain.epoch}`);
  return after === null ? "act" : done();
}
