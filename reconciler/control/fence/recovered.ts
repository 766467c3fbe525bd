/** When the recovery of a dead node is over. */
import type { VmName } from "../../model/names.ts";
import type { Plan } from "../../model/plan.ts";
import type { PlanInput } from "../../plan/input.ts";
import { missedBy } from "../../plan/missed.ts";
import type { NodeFacts } from "../../plan/node-facts.ts";
import { whatPutItOut } from "../../plan/put-out.ts";
import { readWorld } from "../../plan/world.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Outcome } from "./outcome.ts";

export interface RecoverySight {
  readonly state: ClusterState;
  readonly input: PlanInput;
  /** What is to be done now, as the records stand. */
  readonly planned: Plan;
}

/**
 * Of its VMs none is about to be brought anywhere now, and each that nothing can take is held. What waits for an agent
 * that is away keeps nothing else waiting.
 */
export function isRecovered(dead: NodeFacts, { state, input, planned }: RecoverySight): boolean {
  const { name } = dead;
  const vms = vmsOf(dead, input);
  const called = new Set(planned.cancels.map(({ released }) => released.step.id));
  const world = readWorld(input);
  const underWay = [...state.released().values()].filter(
    (released) =>
      called.has(released.step.id) ||
      missedBy(released, world.nodes).every(({ health }) => health === "dead"),
  );
  const isBusy = underWay.some(({ step }) => vms.has(step.vm));
  const isDue = planned.steps.some(({ step, waits }) => vms.has(step.vm) && waits === null);
  const isBarred = planned.blocked.some(({ object, reason: { code } }) => {
    const facts = world.vms.get(object.name);
    if (!vms.has(object.name) || facts === undefined) return false;
    // Without a target it is held, or it is not yet known that there is none.
    const isToBeHeld = whatPutItOut(world, facts)?.node === name;
    return code === "recovery-in-maintenance" || (code === "no-target" && isToBeHeld);
  });
  const isRecorded = planned.records.some(({ vm }) => vms.has(vm));
  const holdsSteps = underWay.some(({ step }) => step.node === name);
  return !isBusy && !isDue && !isRecorded && !isBarred && !holdsSteps;
}

/** Where its VMs are, or why they are nowhere, as of this look. */
export function outcomesOf(dead: NodeFacts, { input, planned }: RecoverySight): readonly Outcome[] {
  const vms = vmsOf(dead, input);
  return [...planned.vms.values()].filter(({ name, recordedAs }) => vms.has(name) || vms.has(recordedAs));
}

function vmsOf({ fence }: NodeFacts, input: PlanInput): ReadonlySet<VmName> {
  return withNewNames(input, fence !== null && "vms" in fence ? fence.vms : []);
}

/** They may be renamed before they are brought elsewhere. */
function withNewNames({ desired }: PlanInput, names: readonly VmName[]): ReadonlySet<VmName> {
  const all = new Set(names);
  if (all.size === 0) return all;
  for (const { name, renamedFrom } of desired.vms.values()) {
    if (renamedFrom !== null && all.has(renamedFrom)) all.add(name);
  }
  return all;
}
