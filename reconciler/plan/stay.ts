/** A VM that runs where it belongs: what is left to do is its hardware, and the word for why it is not at home. */
import type { Vm } from "../model/desired.ts";
import type { HardwareField } from "../model/hardware.ts";
import type { NodeName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { whyDisplaced } from "./displaced.ts";
import { differences, formatSize, isLive, roughSize } from "./hardware.ts";
import { heldBack, refusedFields } from "./held-back.ts";
import { blocked, type Outcome, record } from "./outcome.ts";
import { updateStep } from "./steps.ts";
import { whyNoDriver, whyVolumeTaken } from "./usable.ts";
import type { ActiveDomain, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** Where it runs; `domain` is null in a prediction: then it is as its document wants it. */
interface Place {
  readonly node: NodeName;
  readonly domain: ActiveDomain | null;
}

export function decideStaying(world: World, facts: VmFacts, vm: Vm, at: Place): Outcome {
  return decideHardware(world, facts, vm, at) ?? whereItIs(world, facts, vm, at.node);
}

/** The change of its hardware that is due, or what stands in its way; null: none is. */
export function decideHardware(world: World, facts: VmFacts, vm: Vm, at: Place): Outcome | null {
  if (at.domain === null) return null;
  const change = neededChange(world, facts, vm, at.domain);
  if (change === null) return null;
  const short = whyNoRoomToGrow(world, vm, at, change.fields);
  if (short !== null) return { kind: "blocked", why: short, retry: true, wakeAt: null };
  const lacking = whyNoSuchDevices(world, vm, at, change.fields);
  if (lacking !== null) return blocked(lacking);
  const held = heldBack(world, facts, vm, "update");
  if (held !== null) return blocked(held.why, held.until);
  const { fields, consumes } = change;
  const planned = updateStep(world, facts, vm, at.domain, at.node, fields, change.why, consumes);
  if (fields.includes("memory")) world.ledger.reserve(at.node, vm, vm.memoryBytes);
  return { kind: "step", planned, next: changed(facts, at.node) };
}

function whereItIs(world: World, facts: VmFacts, vm: Vm, node: NodeName): Outcome {
  const { placement } = facts;
  if (node === placement.home) {
    if (placement.displaced !== null) {
      return record(facts, { ...placement, displaced: null }, reason("at-home", { node }));
    }
    return { kind: "settled", why: reason("at-home", { node }) };
  }
  const displaced = whyDisplaced(world.nodes, vm, placement, node);
  const why = reason("displaced", { node, home: placement.home ?? "", displaced });
  if (displaced !== placement.displaced) return record(facts, { ...placement, displaced }, why);
  return { kind: "settled", why };
}

/**
 * The fields to change now. What the intent changed is always changed; what somebody changed by hand only where the
 * policy or a request says so. What cannot change live waits for the next restart and is listed as pending.
 */
function neededChange(
  world: World,
  facts: VmFacts,
  vm: Vm,
  domain: ActiveDomain,
): { fields: readonly HardwareField[]; why: Reason; consumes: readonly string[] } | null {
  const refused = refusedFields(world, facts, vm)?.fields ?? [];
  const differing = differences(vm, facts.identity, domain.live).filter(
    (field) => isLive(field, vm, domain.live) && !refused.includes(field),
  );
  if (differing.length === 0) return null;
  const intended = differences(vm, facts.identity, domain.applied);
  const consumes = facts.requests.filter((r) => r.kind === "revert").map((r) => r.id);
  const revert = world.input.policy.revertDrift || consumes.length > 0;
  const fields = differing.filter((field) => revert || intended.includes(field));
  if (fields.length === 0) return null;
  const code = fields.some((f) => intended.includes(f)) ? "changed-live" : "changed-by-hand";
  return { fields, why: reason(code, { fields: fields.join(", ") }), consumes };
}

function whyNoRoomToGrow(world: World, vm: Vm, at: Place, fields: readonly HardwareField[]): Reason | null {
  if (!fields.includes("memory") || vm.memoryBytes <= (at.domain?.live.memoryBytes ?? 0)) return null;
  const free = world.ledger.roomFor(at.node, vm.name);
  if (free >= vm.memoryBytes) return null;
  const need = formatSize(vm.memoryBytes);
  return reason("no-room", { node: at.node, need, free: roughSize(Math.max(0, free)) });
}

/** What a device needs has to be there, and nobody else's, as for a start. */
function whyNoSuchDevices(world: World, vm: Vm, at: Place, fields: readonly HardwareField[]): Reason | null {
  const taken = fields.includes("disks") ? whyVolumeTaken(world, vm) : null;
  if (taken !== null || !fields.some((field) => field === "disks" || field === "nics")) return taken;
  const node = world.nodes.get(at.node);
  return node === undefined ? null : whyNoDriver(world, vm, node);
}

/** As it will be after the change: nothing differs any more. */
function changed(facts: VmFacts, node: NodeName): VmFacts {
  return { ...facts, requests: [], condition: { is: "running", node, domain: null } };
}
