import type { StepOf } from "../../reconciler/model/step.ts";
import type { Reading } from "../hypervisor/hypervisor.ts";
import { bringAbout } from "./bring-about.ts";
import { done, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

/** Done when the running domain that was nobody's carries the VM and the step's epoch. */
export function adopt(step: StepOf<"adopt">, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  return bringAbout(
    {
      judge: (reading) => judge(reading, step),
      session: "any",
      act: (inner) => context.hypervisor.adopt(step.spec, step.epoch, inner),
    },
    context,
    signal,
  );
}

function judge(reading: Reading, { vm, epoch, spec }: StepOf<"adopt">): Outcome | "act" {
  const ours = findDomain(reading, vm);
  if (ours?.epoch === epoch) return done();
  if (ours !== null) return failed("precondition", `another run is there, of epoch ${ours.epoch}`);
  const isThere = reading.unmanaged.some(({ uuid, running }) => running && uuid === spec.uuid);
  return isThere ? "act" : failed("precondition", `no domain with the UUID ${spec.uuid} runs here`);
}
