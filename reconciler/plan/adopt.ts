/** A VM whose UUID a domain has that runs, and was not started by Evenkeel: it is taken over as it runs, or waited for. */
import { isOfEarlierBoot } from "../model/boot.ts";
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { reason } from "../model/reasons.ts";
import { heldBack } from "./held-back.ts";
import { withIntent } from "./intent.ts";
import { whyUnhealthy } from "./node-facts.ts";
import { blocked, type Outcome } from "./outcome.ts";
import { adoptStep } from "./steps.ts";
import { whyVolumeTaken } from "./usable.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

interface Foreign {
  readonly node: NodeName;
  readonly domain: string;
  readonly isKnownNow: boolean;
}

/** null: there is none, or the VM is not wanted running. */
export function decideAdoption(world: World, facts: VmFacts, vm: Vm): Outcome | null {
  if (vm.state !== "running") return null;
  const all = foreignDomains(world, facts);
  const [foreign] = all;
  if (foreign === undefined) return null;
  const { node, domain } = foreign;
  const adopted = { ...facts, placement: withIntent(world.nodes, facts, vm) };
  if (all.length > 1 || !foreign.isKnownNow || !isFree(facts)) {
    return blocked(reason("runs-outside", { node, domain }));
  }
  const taken = whyVolumeTaken(world, vm);
  if (taken !== null) return blocked(taken);
  const held = heldBack(world, facts, vm, "adopt");
  if (held !== null) return blocked(held.why, held.until);
  const planned = adoptStep(world, adopted, vm, node, reason("adopts", { node, domain }));
  const { placement } = planned;
  return {
    kind: "step",
    planned,
    next: { ...facts, placement, condition: { is: "running", node, domain: null } },
  };
}

/** No node has had it yet, or none has it any more: what runs is not a second one. */
function isFree({ condition, placement }: VmFacts): boolean {
  return (
    condition.is === "off" && placement.held === null && (placement.epoch === 0 || placement.node === null)
  );
}

/** Wherever one was seen last: what cannot be asked now may still run. */
function foreignDomains(world: World, { identity }: VmFacts): readonly Foreign[] {
  if (identity === null) return [];
  return [...world.nodes.values()].flatMap((node) => {
    const { observed } = node;
    if (observed?.status == null) return [];
    const { session, unmanaged } = observed.status;
    // What was seen in an earlier boot ended with that; and so did what was on a node that is proven dead.
    const isOver = node.health === "dead" || isOfEarlierBoot(session, observed);
    const found = isOver ? [] : unmanaged;
    return found
      .filter(({ uuid, running }) => running && uuid === identity.uuid)
      .map(({ name }) => ({ node: node.name, domain: name, isKnownNow: whyUnhealthy(node) === null }));
  });
}
