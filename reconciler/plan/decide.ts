/**
 * What one VM needs, looked at by itself: the level-based heart of the planner. It reads where the VM is and what is
 * wanted, and answers with the next thing to do, or why there is none. Where a node has to be found, `assign` goes on.
 */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import type { EndCause } from "../model/observed.ts";
import type { Placement } from "../model/placement.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { unreachable } from "../model/unreachable.ts";
import { decideAbsent } from "./absent.ts";
import { afterCrash, heldBack } from "./held-back.ts";
import { blocked, type FixedPlace, off, type Outcome, record } from "./outcome.ts";
import { decideRename } from "./rename.ts";
import { restartStep, stopStep } from "./steps.ts";
import { decideHardware, decideStaying } from "./stay.ts";
import { whyLeaves, whyVolumeTaken } from "./usable.ts";
import type { ActiveDomain, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** `crowded`: why it has to leave for another of its `apart` group, or null. */
export function decide(world: World, facts: VmFacts, crowded: Reason | null): Outcome {
  const vm = facts.document;
  if (vm === null) return { kind: "settled", why: reason("orphaned") };
  const rename = decideRename(world, facts, vm);
  if (rename !== null) return rename;
  const { condition, placement } = facts;
  if (placement.moving !== null && facts.released === null && placement.node !== null) {
    const hand = { from: placement.node, to: placement.moving.to };
    return blocked(reason("migrating-hand-over", hand));
  }
  if (condition.is === "duplicate") return blocked(condition.why);
  if (condition.is === "unknown") return blocked(condition.why);
  const retry = facts.requests.filter((r) => r.kind === "retry");
  if (retry.length > 0 && facts.tries !== null)
    return forgetTries(
      facts,
      retry.map((r) => r.id),
    );
  const adjusted = { ...facts, placement: withIntent(placement, vm) };
  const outcome = decideState(world, adjusted, vm, crowded);
  return adjusted.placement === placement ? outcome : orRecord(outcome, adjusted);
}

/** A retry wipes the slate: failed tries, crashes, and a guest's own end. */
function forgetTries(facts: VmFacts, consumes: readonly string[]): Outcome {
  const placement = { ...facts.placement, ended: null };
  const requests = facts.requests.filter((r) => r.kind !== "retry");
  return {
    kind: "record",
    record: {
      vm: facts.name,
      placement,
      tries: null,
      consumes,
      replaces: null,
      reason: reason("retry-requested"),
    },
    next: { ...facts, placement, requests, tries: null },
  };
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
        : decideStart(world, facts, vm, facts.condition.is === "off" ? facts.condition.end : null);
    default:
      return unreachable(vm.state);
  }
}

/** An edit of `node:` moves the home; everything else about the placement stays as it was. */
function withIntent(placement: Placement, vm: Vm): Placement {
  if (vm.node === placement.homeAsked) return placement;
  const home = vm.node ?? placement.home;
  const away = placement.node !== null && placement.node !== home;
  return {
    ...placement,
    home,
    homeAsked: vm.node,
    displaced: away ? (placement.displaced ?? "start") : null,
  };
}

/** A decision that is no step of its own still has to be written down. */
function orRecord(outcome: Outcome, facts: VmFacts): Outcome {
  if (outcome.kind === "settled") return record(facts, facts.placement, outcome.why);
  return outcome;
}

function decideOff(world: World, facts: VmFacts, vm: Vm): Outcome {
  const { condition, placement } = facts;
  if (condition.is !== "running") {
    const why = reason("stopped-as-wanted", { state: vm.state });
    // An edit of `state` wins over a hold, and over a guest's own end.
    const node = placement.node ?? placement.held?.node ?? null;
    const displaced = node === placement.home ? null : placement.displaced;
    if (placement.held === null && placement.ended === null && displaced === placement.displaced)
      return { kind: "settled", why };
    return record(facts, { ...placement, node, displaced, held: null, ended: null }, why);
  }
  const held = heldBack(world, facts, vm, "stop");
  if (held !== null && vm.state !== "poweroff") return blocked(held.why, held.until);
  const method = vm.state === "poweroff" ? "cut" : "graceful";
  const planned = stopStep(facts, vm, condition.node, method, reason("stop-wanted", { state: vm.state }));
  return { kind: "step", planned, next: off(facts) };
}

function decideRunning(
  world: World,
  facts: VmFacts,
  vm: Vm,
  at: { readonly node: NodeName; readonly domain: ActiveDomain | null },
  crowded: Reason | null,
): Outcome {
  const restart = facts.requests.filter((r) => r.kind === "restart");
  if (restart.length > 0) {
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
    return decideStaying(world, facts, vm, at);
  }
  // First the hardware: a guest that is to shrink may fit where it could not go before.
  const hardware = decideHardware(world, facts, vm, at);
  if (hardware?.kind === "step") return hardware;
  const wanting = { facts, fixed, from: at.node, mustLeave, because: null, tries: undefined, consumes: [] };
  return { kind: "wanting", wanting };
}

/** `migrate:` before home. A `migrate:` that names the home is a return. */
function fixedPlaces(placement: Placement, vm: Vm): FixedPlace[] {
  const places: FixedPlace[] = [];
  if (vm.migrate !== null && vm.migrate !== placement.home) {
    places.push({
      node: vm.migrate,
      reason: reason("asked-by-migrate", { node: vm.migrate }),
      as: "migrate",
    });
  }
  if (placement.home !== null) {
    const node = placement.home;
    places.push({ node, reason: homeReason(placement, vm), as: "home" });
  }
  return places;
}

function homeReason(placement: Placement, vm: Vm): Reason {
  const node = placement.home ?? "";
  if (placement.epoch === 0) return reason("first-start", { node });
  if (placement.displaced !== null && placement.displaced !== "start")
    return reason("returns-home", { node });
  return vm.node === null ? reason("at-home", { node }) : reason("asked-by-node", { node });
}

/** It is off and wanted running. */
function decideStart(
  world: World,
  facts: VmFacts,
  vm: Vm,
  end: { readonly cause: EndCause; readonly at: number } | null,
): Outcome {
  const { placement } = facts;
  const asked = facts.requests.filter(
    (r) => r.kind === "retry" || r.kind === "release" || r.kind === "restart",
  );
  const consumes = asked.map((r) => r.id);
  if (placement.ended === "guest" && asked.length === 0) {
    return { kind: "settled", why: reason("ended-by-guest", { vm: vm.name }) };
  }
  if (end?.cause === "guest" && asked.length === 0) {
    return record(facts, { ...placement, ended: "guest" }, reason("ended-by-guest", { vm: vm.name }));
  }
  if (placement.held !== null && !vm.autorestart && !asked.some((r) => r.kind === "release")) {
    const { node, by } = placement.held;
    return { kind: "settled", why: reason("held", { node, by, vm: vm.name }) };
  }
  const taken = whyVolumeTaken(world, vm);
  if (taken !== null) return blocked(taken);
  const held = heldBack(world, facts, vm, "start");
  if (held !== null) return blocked(held.why, held.until);
  const crash = end !== null && isCrash(end.cause) ? afterCrash(world, facts, vm, end.at) : null;
  if (crash?.start === false) return blocked(crash.why, crash.until);
  // A restart in place asks less of its node than a start does: a cordoned home keeps what is there.
  const restarts = crash !== null || asked.length > 0;
  const fixed = [...fixedPlaces(placement, vm), ...inPlace(placement, restarts)];
  const wanting = {
    facts,
    fixed,
    from: null,
    mustLeave: null,
    because: crash?.why ?? null,
    tries: crash?.tries,
    consumes,
  };
  return { kind: "wanting", wanting };
}

/** Where it was last: where it starts again, if that is not home; at home only where it is restarted. */
function inPlace({ node, home, displaced }: Placement, restarts: boolean): readonly FixedPlace[] {
  if (node === null || (node === home && !restarts)) return [];
  if (node === home) return [{ node, reason: reason("at-home", { node }), as: "in-place" }];
  const why = reason("displaced", { node, home: home ?? "", displaced: displaced ?? "" });
  return [{ node, reason: why, as: "in-place" }];
}

/** An end that the guest's restart policy is about; the others were meant, or were the node's. */
function isCrash(cause: EndCause): boolean {
  switch (cause) {
    case "crash":
    case "unknown":
      return true;
    case "stop":
    case "guest":
    case "migrated":
    case "reboot":
      return false;
    default:
      return unreachable(cause);
  }
}
