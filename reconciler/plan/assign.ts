/** Finds the node for a VM that wants one, and the step that brings it there. */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { type Displaced, nextEpoch } from "../model/placement.ts";
import { describeReason, type Reason, reason } from "../model/reasons.ts";
import { afterLeaving, displacedAt, isStillSo, type Leaving } from "./displaced.ts";
import { type Choice, chooseBySelector, type Refusals, refusalsInWords } from "./choose.ts";
import { heldBack, movesLive } from "./held-back.ts";
import { freed, ifWithdrawn, whatPutItOut } from "./put-out.ts";
import { mustBeEmptied, whyUnhealthy } from "./node-facts.ts";
import { blocked, type FixedPlace, off, type Outcome, record, type Wanting } from "./outcome.ts";
import { decideStaying } from "./stay.ts";
import { migrateStep, startStep, stopStep } from "./steps.ts";
import { whyNotInPlace, whyNotUsable } from "./usable.ts";
import type { VmFacts } from "./vm-facts.ts";
import { footprint, type World } from "./world.ts";

/** The first of its fixed places that can take it, or null; the order of choice begins with the VMs that have one. */
export function fixedChoice(world: World, vm: Vm, wanting: Wanting): FixedPlace | null {
  return wanting.fixed.find((place) => whyNotFixed(world, vm, wanting, place) === null) ?? null;
}

function whyNotFixed(world: World, vm: Vm, wanting: Wanting, place: FixedPlace): Reason | null {
  if (place.node === wanting.from) return wanting.mustLeave;
  if (wanting.from === null && place.as === "in-place") return whyNotInPlace(world, vm, place.node);
  return whyNotUsable(world, vm, place.node);
}

/** Decides, and reserves in the ledger what it decided, so that later choices of the same plan see it. */
export function assign(world: World, wanting: Wanting): Outcome {
  const vm = wanting.facts.document;
  if (vm === null) return blocked(reason("orphaned"));
  const fixed = fixedChoice(world, vm, wanting);
  if (wanting.from === null) return assignStart(world, vm, wanting, fixed);
  return assignMove(world, vm, wanting, wanting.from, fixed);
}

function assignStart(world: World, vm: Vm, wanting: Wanting, fixed: FixedPlace | null): Outcome {
  const chosen = fixed === null ? chooseBySelector(world, vm, null) : { found: true as const, choice: fixed };
  if (!chosen.found) return withoutPlace(world, vm, wanting, chosen.refusals);
  const { node } = chosen.choice;
  const { placement } = wanting.facts;
  const out = whatPutItOut(world, wanting.facts);
  const displaced = displacedAt(world.nodes, vm, placement, node, out ?? placement.held);
  if (placement.node !== node) world.ledger.provision(node, vm.memoryBytes);
  world.ledger.reserve(node, vm, vm.memoryBytes);
  const planned = startStep(world, wanting.facts, vm, {
    node,
    reason: wanting.because ?? chosen.choice.reason,
    displaced,
    consumes: wanting.consumes,
    before: ifWithdrawn(world, wanting.facts, vm, out),
    ...(wanting.tries === undefined ? {} : { tries: wanting.tries }),
  });
  return { kind: "step", planned, next: runningAt(wanting.facts, planned.placement, node) };
}

/** It is off and wanted running, and nothing takes it: held where a flush put it out, else blocked. */
function withoutPlace(world: World, vm: Vm, wanting: Wanting, refusals: Refusals): Outcome {
  const { facts } = wanting;
  const { placement } = facts;
  const why = whyNowhere(world, vm, wanting, refusals);
  const { held } = placement;
  const release = facts.requests.filter((request) => request.kind === "release");
  // From now on it waits for a place, and for nobody's word.
  if (held !== null && release.length > 0) {
    const free = { ...placement, ...freed(world, vm, placement, held) };
    const used = release.map((request) => request.id);
    return record(facts, free, reason("released"), used);
  }
  if (held !== null && held.open !== true) {
    const { node, by } = held;
    return { kind: "blocked", why: reason("held", { node, by, vm: vm.name }), retry: true, wakeAt: null };
  }
  const out = whatPutItOut(world, facts);
  if (out !== null && world.input.policy.selectorsOpen && !mayOpenSoon(world, vm)) {
    const code = out.by === "fence" ? "hold-fence" : "hold-flush";
    const because = reason(code, { node: out.node, why: String(why.with["why"] ?? "") });
    const next = { ...placement, node: null, held: { ...out, since: world.input.now }, displaced: null };
    return record(facts, next, because);
  }
  return { kind: "blocked", why, retry: true, wakeAt: null };
}

function assignMove(
  world: World,
  vm: Vm,
  wanting: Wanting,
  from: NodeName,
  fixed: FixedPlace | null,
): Outcome {
  const { facts, mustLeave } = wanting;
  if (fixed !== null && fixed.node !== from) return move(world, vm, wanting, from, fixed);
  if (mustLeave === null) return stay(world, vm, wanting, from);
  const chosen = chooseBySelector(world, vm, from);
  if (chosen.found) return move(world, vm, wanting, from, { node: chosen.choice.node, reason: mustLeave });
  const why = whyNowhere(world, vm, wanting, chosen.refusals);
  const node = world.nodes.get(from);
  // Whatever else makes it leave: a typo in limits stops nobody's guest, but a flush empties its node.
  if (node === undefined || !mustBeEmptied(node) || mayOpenSoon(world, vm))
    return { kind: "blocked", why, retry: true, wakeAt: null };
  return stopForHold(world, vm, facts, from, mustLeave);
}

/** It may stay, and the place it should be at cannot take it. An explicit target that is refused is told so. */
function stay(world: World, vm: Vm, wanting: Wanting, from: NodeName): Outcome {
  const { condition } = wanting.facts;
  const domain = condition.is === "running" ? condition.domain : null;
  const outcome = decideStaying(world, wanting.facts, vm, { node: from, domain });
  if (outcome.kind !== "settled") return outcome;
  const refused = wanting.fixed.find((place) => place.node !== from);
  const why = refused === undefined ? null : whyNotUsable(world, vm, refused.node);
  if (refused === undefined || why === null) return outcome;
  const explicit = refused.as === "migrate" || (refused.as === "home" && vm.node === refused.node);
  if (!explicit || (refused.as === "home" && isSaid(world, vm, wanting.facts))) return outcome;
  return { kind: "blocked", why, retry: true, wakeAt: null };
}

/** What is written down of it tells why: that is no refusal, and the VM returns when its home does. */
function isSaid(world: World, vm: Vm, { name, placement }: VmFacts): boolean {
  const isWritten = world.vms.get(name)?.placement.home === placement.home;
  return isWritten && isStillSo(world.nodes, vm, placement);
}

function move(world: World, vm: Vm, wanting: Wanting, from: NodeName, choice: Choice): Outcome {
  const { facts } = wanting;
  const leaves = whatItLeaves(from, wanting.mustLeave);
  if (!movesLive(world, facts, vm)) {
    const away = whileItIsOff(world, vm, facts, leaves);
    return stopToMove(world, vm, facts, { from, choice, away });
  }
  const held = heldBack(world, facts, vm, "migrate");
  if (held !== null) return blocked(held.why, held.until);
  const displaced = displacedAt(world.nodes, vm, facts.placement, choice.node, leaves);
  world.ledger.provision(choice.node, vm.memoryBytes);
  world.ledger.reserve(choice.node, vm, footprint(world, vm));
  const planned = migrateStep(world, facts, vm, { from, to: choice.node, reason: choice.reason, displaced });
  const placement = { ...facts.placement, node: choice.node, epoch: nextEpoch(facts.placement), displaced };
  return { kind: "step", planned, next: runningAt(facts, placement, choice.node) };
}

function whatItLeaves(from: NodeName, mustLeave: Reason | null): Leaving | null {
  if (mustLeave === null) return null;
  return { node: from, by: mustLeave.code === "leaves-flushed-node" ? "flush" : "limits" };
}

/** Between its shutdown and its start: of a flush it is said everywhere, as that decides whether it is held. */
function whileItIsOff(world: World, vm: Vm, facts: VmFacts, leaves: Leaving | null): Displaced | null {
  const { placement } = facts;
  if (leaves === null) return placement.displaced;
  return leaves.by === "flush" ? "flush" : afterLeaving(world.nodes, vm, placement, leaves);
}

/** Shut down here, start there: the start is chosen again once it is off. */
function stopToMove(
  world: World,
  vm: Vm,
  facts: VmFacts,
  {
    from,
    choice,
    away,
  }: { readonly from: NodeName; readonly choice: Choice; readonly away: Displaced | null },
): Outcome {
  const held = heldBack(world, facts, vm, "stop");
  if (held !== null) return blocked(held.why, held.until);
  world.ledger.reserve(choice.node, vm, footprint(world, vm));
  const planned = stopStep(facts, vm, from, "graceful", choice.reason, away);
  return { kind: "step", planned, next: off(facts, away) };
}

function stopForHold(world: World, vm: Vm, facts: VmFacts, from: NodeName, why: Reason): Outcome {
  const held = heldBack(world, facts, vm, "stop");
  if (held !== null) return blocked(held.why, held.until);
  // A place may be found before it is written down as held; then the flush is still why it is away.
  return {
    kind: "step",
    planned: stopStep(facts, vm, from, "graceful", why, "flush"),
    next: off(facts, "flush"),
  };
}

/** Some allowed node is silent only since a moment ago: better to wait for it than to shut a guest down. */
function mayOpenSoon(world: World, vm: Vm): boolean {
  return (vm.limits ?? world.nodeNames).some((name) => {
    const node = world.nodes.get(name);
    return node?.document?.state === "ready" && node.isUnsettled && whyUnhealthy(node) !== null;
  });
}

function whyNowhere(world: World, vm: Vm, wanting: Wanting, refusals: Refusals): Reason {
  const all = new Map(refusals);
  for (const place of wanting.fixed) {
    const why = whyNotFixed(world, vm, wanting, place);
    if (why !== null) all.set(place.node, why);
  }
  return reason("no-target", { why: refusalsInWords(all, describeReason) });
}

function runningAt(facts: VmFacts, placement: VmFacts["placement"], node: NodeName): VmFacts {
  return { ...facts, placement, requests: [], condition: { is: "running", node, domain: null } };
}
