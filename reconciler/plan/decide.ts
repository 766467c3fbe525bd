/**
 * What one VM needs, looked at by itself: the level-based heart of the planner. It reads where the VM is and what is
 * wanted, and answers with the next thing to do, or why there is none. Where a node has to be found, `assign` goes on.
 */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { nextEpoch, type Placement } from "../model/placement.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { unreachable } from "../model/unreachable.ts";
import { decideAbsent } from "./absent.ts";
import { decideAdoption } from "./adopt.ts";
import { decideDuplicate } from "./duplicate.ts";
import { fixedPlaces } from "./fixed-places.ts";
import { heldBack } from "./held-back.ts";
import { withIntent } from "./intent.ts";
import { whyUnhealthy } from "./node-facts.ts";
import { blocked, off, type Outcome, record, withPlacement } from "./outcome.ts";
import { decideRename } from "./rename.ts";
import { decideStart } from "./start.ts";
import { restartStep, stopStep } from "./steps.ts";
import { decideHardware, decideStaying } from "./stay.ts";
import { decideTidying } from "./tidying.ts";
import { whyLeaves, whyNoRestart } from "./usable.ts";
import type { ActiveDomain, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export const orphan: Outcome = { kind: "settled", why: reason("orphaned") };

/** `crowded`: why it has to leave for another of its `apart` group, or null. */
export function decide(world: World, facts: VmFacts, crowded: Reason | null): Outcome {
  const rename = decideRename(world, facts);
  if (rename !== null) return rename;
  const { document: vm, condition } = facts;
  const unclear = whyUnclear(facts);
  if (unclear === null && condition.is === "duplicate") return decideDuplicate(world, facts, condition);
  if (vm === null) return orphan;
  if (unclear !== null) return withPlacement(blocked(unclear), intended(world, facts, vm), facts.placement);
  return (
    decideTidying(world, facts, vm) ??
    decideAdoption(world, facts, vm) ??
    decideNeed(world, facts, vm, crowded)
  );
}

/** Where it is will be seen; until then nothing is done to it. */
function whyUnclear({ condition, placement, released }: VmFacts): Reason | null {
  if (placement.moving !== null && released === null && placement.node !== null) {
    return reason("migrating-hand-over", { from: placement.node, to: placement.moving.to });
  }
  return condition.is === "unknown" ? condition.why : null;
}

function intended(world: World, facts: VmFacts, vm: Vm): VmFacts {
  return { ...facts, placement: withIntent(world.nodes, facts, vm) };
}

/** What the VM itself needs, now that it is known where it is. */
export function decideNeed(world: World, facts: VmFacts, vm: Vm, crowded: Reason | null): Outcome {
  const adjusted = intended(world, facts, vm);
  return withPlacement(decideState(world, adjusted, vm, crowded), adjusted, facts.placement);
}

function decideState(world: World, facts: VmFacts, vm: Vm, crowded: Reason | null): Outcome {
  switch (vm.state) {
    case "absent":
      return decideAbsent(world, facts, vm);
    case "stopped":
    case "disabled":
    case "poweroff":
      return decideOff(world, facts, vm);
    case "running":
      return facts.condition.is === "running"
        ? decideRunning(world, facts, vm, facts.condition, crowded)
        : decideStart(world, facts, vm, facts.condition);
    default:
      return unreachable(vm.state);
  }
}

function decideOff(world: World, facts: VmFacts, vm: Vm): Outcome {
  const { condition, placement } = facts;
  if (condition.is !== "running") {
    const why = reason("stopped-as-wanted", { state: vm.state });
    const ended = condition.is === "off" && condition.end !== null && condition.end.cause !== "stop";
    // What only a new boot proves is told by the agent later: until then a new epoch would hide the proof.
    const next = atRest(world, placement, ended && isHeard(world, placement.node));
    return next === null ? { kind: "settled", why } : record(off(facts), next, why);
  }
  const held = heldBack(world, facts, vm, "stop");
  if (held !== null && vm.state !== "poweroff") return blocked(held.why, held.until);
  const method = vm.state === "poweroff" ? "cut" : "graceful";
  const planned = stopStep(facts, vm, condition.node, method, reason("stop-wanted", { state: vm.state }));
  return { kind: "step", planned, next: off(facts) };
}

function isHeard({ nodes }: World, name: NodeName | null): boolean {
  const node = name === null ? undefined : nodes.get(name);
  return node === undefined || node.health === "dead" || whyUnhealthy(node) === null;
}

/**
 * The placement of a VM that is off because it is wanted so; null: it is that already. An edit of `state` wins over a
 * hold and over the guest's own end: with a new epoch, how its last run ended has no say in what comes next.
 */
function atRest(world: World, placement: Placement, ended: boolean): Placement | null {
  const node = placement.node ?? assigned(world, placement);
  const displaced = node === placement.home ? null : placement.displaced;
  const forgets = ended || placement.held !== null;
  const isSame = node === placement.node && displaced === placement.displaced && placement.ended === null;
  if (isSame && !forgets) return null;
  const epoch = forgets ? nextEpoch(placement) : placement.epoch;
  return { ...placement, node, displaced, epoch, held: null, ended: null };
}

/** Where a VM that no node owns is counted; a node of which nothing is known does not get to own it. */
function assigned(world: World, { epoch, held, home }: Placement): NodeName | null {
  const name = held?.node ?? home;
  const node = name === null ? undefined : world.nodes.get(name);
  const isKnown = node !== undefined && whyUnhealthy(node) === null;
  return epoch === 0 || isKnown ? name : null;
}

function decideRunning(
  world: World,
  facts: VmFacts,
  vm: Vm,
  at: { readonly node: NodeName; readonly domain: ActiveDomain | null },
  crowded: Reason | null,
): Outcome {
  const restart = facts.requests.filter((r) => r.kind === "restart");
  const whyNot = restart.length === 0 ? null : whyNoRestart(world, vm, at.node);
  if (restart.length > 0 && whyNot === null) {
    const why = reason("restart-requested", { by: restart[0]?.by ?? "" });
    const consumes = restart.map((r) => r.id);
    const planned = restartStep(world, facts, vm, at.node, why, consumes);
    return { kind: "step", planned, next: { ...facts, requests: [], placement: planned.placement } };
  }
  const node = world.nodes.get(at.node);
  const mustLeave = (node === undefined ? null : whyLeaves(vm, node)) ?? crowded;
  const fixed = fixedPlaces(facts.placement, vm);
  const first = fixed[0];
  if (mustLeave === null && (first === undefined || first.node === at.node)) {
    const outcome = decideStaying(world, facts, vm, at);
    if (whyNot === null || outcome.kind !== "settled") return outcome;
    return { kind: "blocked", why: whyNot, retry: true, wakeAt: null };
  }
  // First the hardware: a guest that is to shrink may fit where it could not go before.
  const hardware = decideHardware(world, facts, vm, at);
  if (hardware?.kind === "step") return hardware;
  const wanting = { facts, fixed, from: at.node, mustLeave, because: null, tries: undefined, consumes: [] };
  return { kind: "wanting", wanting };
}
