/** A VM that is off and wanted running: whether it may start now, and what has to be told to whoever finds its place. */
import type { Vm } from "../model/desired.ts";
import type { Request, Tries } from "../model/journal.ts";
import type { EndCause } from "../model/observed.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { unreachable } from "../model/unreachable.ts";
import { fixedPlaces, whereItWas } from "./fixed-places.ts";
import { afterCrash, type HeldBack, heldBack } from "./held-back.ts";
import { isClusterMaintained } from "./node-facts.ts";
import { blocked, type Outcome, record } from "./outcome.ts";
import { whatPutItOut } from "./put-out.ts";
import { whyNotUsable, whyVolumeTaken } from "./usable.ts";
import type { Condition, GuestEnd, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export function decideStart(world: World, facts: VmFacts, vm: Vm, condition: Condition): Outcome {
  const { placement } = facts;
  const { end, lost } = condition.is === "off" ? condition : { end: null, lost: false };
  const again = facts.requests.find((r) => r.kind === "retry" || r.kind === "restart");
  const release = facts.requests.some((r) => r.kind === "release");
  if (placement.ended === "guest" && again === undefined) {
    return { kind: "settled", why: reason("ended-by-guest", { vm: vm.name }) };
  }
  if (end?.cause === "guest" && again === undefined) {
    return record(facts, { ...placement, ended: "guest" }, reason("ended-by-guest", { vm: vm.name }));
  }
  if (placement.held !== null && placement.held.open !== true && !vm.autorestart && !release) {
    const { node, by } = placement.held;
    return { kind: "settled", why: reason("held", { node, by, vm: vm.name }) };
  }
  const barred = again === undefined && !release ? whyNotRecovered(world, facts, vm, end) : null;
  if (barred !== null) return blocked(barred);
  const held = whyNotReleased(world, facts);
  if (held !== null) return blocked(held);
  const taken = whyVolumeTaken(world, vm);
  if (taken !== null) return blocked(taken);
  const start = again === undefined ? afterEnd(world, facts, vm, end) : afterRequest(facts, again);
  if (!start.now) return blocked(start.why, start.until);
  const wanting = {
    facts,
    fixed: [...fixedPlaces(placement, vm), ...whereItWas(placement, start.restarts)],
    from: null,
    mustLeave: null,
    because: start.why ?? (lost ? reason("lost-its-node", { node: placement.node ?? "" }) : null),
    tries: start.tries,
    consumes: facts.requests.filter(isAnswered).map((r) => r.id),
  };
  return { kind: "wanting", wanting };
}

/**
 * Maintenance: what was on a node that is proven dead, by whatever proof, or that was booted anew, is not taken over by
 * another one. Where it was it may start again, and where its document sends it.
 */
export function whyNotRecovered(world: World, facts: VmFacts, vm: Vm, end: GuestEnd | null): Reason | null {
  const out = whatPutItOut(world, facts);
  const { placement } = facts;
  const name = out?.by === "fence" ? out.node : end?.cause === "reboot" ? placement.node : null;
  const node = name === null ? undefined : world.nodes.get(name);
  if (node === undefined || (!node.isMaintained && !isClusterMaintained(world.input))) return null;
  const place = fixedPlaces(placement, vm).find((fixed) => whyNotUsable(world, vm, fixed.node) === null);
  if (place?.node === node.name || place?.as === "migrate") return null;
  return reason("recovery-in-maintenance", { node: node.name, vm: vm.name });
}

/** What a dead node had on its way to an image must not land over what another one writes. Nobody may override that. */
export function whyNotReleased(world: World, { name, placement: { node, moving } }: VmFacts): Reason | null {
  for (const owner of [node, moving?.to ?? null]) {
    const facts = owner === null ? undefined : world.nodes.get(owner);
    if (facts?.health !== "dead" || facts.fence === null || !("proof" in facts.fence)) continue;
    const why = facts.fence.unreleased?.[name];
    if (why !== undefined) return why;
  }
  return null;
}

/** What a start does away with. */
function isAnswered({ kind }: Request): boolean {
  return kind === "release" || kind === "restart" || kind === "retry";
}

/** A start, and whether it is a restart: then it asks less of the node where the VM was. */
type Start =
  | {
      readonly now: true;
      readonly restarts: boolean;
      readonly why: Reason | null;
      readonly tries: Tries | null | undefined;
    }
  | ({ readonly now: false } & HeldBack);

/** Of a start: somebody asked for it by a request, which it has used up. */
export function isAskedFor({ code }: Reason): boolean {
  return code === "restart-requested" || code === "retry-requested";
}

/** Whatever became of it before, somebody wants it tried again. */
function afterRequest({ tries }: VmFacts, { kind, by }: Request): Start {
  const why = kind === "restart" ? reason("restart-requested", { by }) : reason("retry-requested");
  return { now: true, restarts: true, why, tries: tries === null ? undefined : null };
}

function afterEnd(world: World, facts: VmFacts, vm: Vm, end: GuestEnd | null): Start {
  const held = heldBack(world, facts, vm, "start");
  if (held !== null) return { now: false, ...held };
  if (end === null || !isCrash(end.cause)) return { now: true, restarts: false, why: null, tries: undefined };
  const crash = afterCrash(world, facts, vm, end);
  if (!crash.start) return { now: false, why: crash.why, until: crash.until };
  return { now: true, restarts: true, why: crash.why, tries: crash.tries };
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
