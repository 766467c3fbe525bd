import type { VmName } from "../../reconciler/model/names.ts";
import type { DomainSpec } from "../../reconciler/model/step.ts";
import type { Reading } from "../hypervisor/hypervisor.ts";
import { bringAbout } from "./bring-about.ts";
import { done, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain, findEnd } from "./reading.ts";

export interface Start {
  readonly vm: VmName;
  readonly epoch: number;
  readonly spec: DomainSpec;
}

/** Makes the VM run here with the given epoch. No domain of another epoch may be there. */
export function bringUp(start: Start, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  return bringAbout(
    {
      judge: (reading) => judge(reading, start),
      session: "same",
      act: (inner) => context.hypervisor.start(start.spec, start.epoch, inner),
    },
    context,
    signal,
  );
}

function judge(reading: Reading, { vm, epoch }: Start): Outcome | "act" | "wait" {
  const domain = findDomain(reading, vm);
  if (domain === null) {
    // It did start, perhaps under an earlier agent. Another start needs another claim.
    return findEnd(reading, vm, epoch) === null ? "act" : done("it started, and has ended since");
  }
  if (domain.epoch !== epoch) return failed("precondition", `it runs already, with epoch ${domain.epoch}`);
  if (domain.state === "incoming") return failed("precondition", "a copy of it waits to be handed over");
  return domain.state === "running" ? done() : "wait";
}
