/** The selector's choice for VMs that somebody wants elsewhere and does not say where: made now, and written down. */
import type { Desired } from "../model/desired.ts";
import type { NodeName, VmName } from "../model/names.ts";
import { describeReason } from "../model/reasons.ts";
import { chooseBySelector, refusalsInWords } from "../plan/choose.ts";
import { footprint, readWorld } from "../plan/world.ts";
import type { ClusterState } from "./cluster-state.ts";
import { presentInput } from "./plan-input.ts";

export type Picked =
  { readonly found: true; readonly node: NodeName } | { readonly found: false; readonly why: string };

/** In the order of the names; each choice counts for the next ones. `desired`: as it is about to be asked for. */
export function pickTargets(
  state: ClusterState,
  desired: Pick<Desired, "vms">,
  names: readonly VmName[],
  now: number,
): ReadonlyMap<VmName, Picked> {
  const world = readWorld(presentInput(state, now));
  const picked = new Map<VmName, Picked>();
  for (const name of names) {
    const vm = desired.vms.get(name);
    if (vm === undefined) continue;
    const facts = world.vms.get(name);
    const at = facts?.condition.is === "running" ? facts.condition.node : (facts?.placement.node ?? null);
    const chosen = chooseBySelector(world, vm, at);
    if (!chosen.found) {
      picked.set(name, { found: false, why: refusalsInWords(chosen.refusals, describeReason) });
      continue;
    }
    const { node } = chosen.choice;
    world.ledger.provision(node, vm.memoryBytes);
    world.ledger.reserve(node, vm, footprint(world, vm));
    picked.set(name, { found: true, node });
  }
  return picked;
}
