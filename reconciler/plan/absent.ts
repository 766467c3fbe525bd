/** `state: absent`: destruction. Nothing is touched before an approval names the VM (law 8). */
import type { Vm } from "../model/desired.ts";
import type { Destruction } from "../model/journal.ts";
import type { NodeName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { fixedPlaces } from "./fixed-places.ts";
import { heldBack } from "./held-back.ts";
import { blocked, off, type Outcome } from "./outcome.ts";
import { destroyStep, stopStep } from "./steps.ts";
import { claimKey, whyNotItsData } from "./usable.ts";
import type { VmFacts } from "./vm-facts.ts";
import { mustBeEmptied, whyUnhealthy } from "./node-facts.ts";
import type { World } from "./world.ts";

export function decideAbsent(world: World, facts: VmFacts, vm: Vm): Outcome {
  const approvals = facts.requests.filter((r) => r.kind === "destroy").filter((r) => isMeant(r, facts));
  const approval = approvals[0];
  const disks = approvals.flatMap((a) => a.disks.filter((name) => isSameImage(a, name, vm)));
  // Without a placement there is no VM any more; disks that were kept can still be destroyed by name.
  const gone = facts.revision === 0 && !hasAny(world, vm, disks);
  if (gone) return { kind: "settled", why: reason("stopped-as-wanted", { state: "absent" }) };
  if (vm.protect) return keep(world, facts, vm, reason("protected"));
  if (approval === undefined) return keep(world, facts, vm, reason("approval-needed", { vm: vm.name }));
  const { overBound, desired } = world.input;
  if (overBound.has(vm.name)) {
    const { destroy } = desired.cluster.bounds;
    return keep(world, facts, vm, reason("destroy-bound", { count: overBound.size, bound: destroy }));
  }
  const why = reason("destroy-wanted", { by: approval.by });
  if (facts.condition.is === "running") {
    const held = heldBack(world, facts, vm, "stop");
    if (held !== null) return blocked(held.why, held.until);
    const planned = stopStep(facts, vm, facts.condition.node, "graceful", why);
    return { kind: "step", planned, next: off(facts) };
  }
  const node = whereToDestroy(world, facts);
  if (node === null) return blocked(reason("no-target", { why: "no agent answers" }));
  // The approval is kept: what only a dead node could delete is deleted when that is back.
  const local = whyNotItsData(world, vm, node);
  if (local !== null) return blocked(local);
  const consumes = approvals.map((a) => a.id);
  const planned = destroyStep(world, facts, vm, node, disks, why, consumes);
  return { kind: "step", planned, next: { ...facts, document: null } };
}

/** It lives on until then, and makes way for a flush as any other. */
function keep(world: World, facts: VmFacts, vm: Vm, why: Reason): Outcome {
  const { condition, placement } = facts;
  const node = condition.is === "running" ? world.nodes.get(condition.node) : undefined;
  if (node === undefined || !mustBeEmptied(node)) return blocked(why);
  const mustLeave = reason("leaves-flushed-node", { node: node.name });
  const fixed = fixedPlaces(placement, vm);
  const wanting = { facts, fixed, from: node.name, mustLeave, because: null, tries: undefined, consumes: [] };
  return { kind: "wanting", wanting };
}

/** An approval is of one VM, and not of the next one that goes by its name. */
function isMeant({ uuid }: Destruction, { identity }: VmFacts): boolean {
  return uuid === (identity?.uuid ?? null);
}

/** The disk is still on what it was on when its destruction was approved. */
function isSameImage({ images }: Destruction, name: string, vm: Vm): boolean {
  const disk = vm.disks.find((each) => each.name === name);
  return disk === undefined || images[name] === claimKey(disk);
}

/** Some disk of these names still has its volume. */
function hasAny(world: World, vm: Vm, disks: readonly string[]): boolean {
  return vm.disks.some((disk) => {
    const claim = world.input.journal.volumes.get(claimKey(disk));
    return disks.includes(disk.name) && claim?.vm === vm.name;
  });
}

/** On its own node; of one that is proven dead nothing is expected, and any other can say that no domain is left. */
function whereToDestroy(world: World, { placement }: VmFacts): NodeName | null {
  const own = placement.node === null ? undefined : world.nodes.get(placement.node);
  return own === undefined || own.health === "dead" ? anyHealthyNode(world) : own.name;
}

function anyHealthyNode(world: World): NodeName | null {
  return (
    world.nodeNames.find((name) => {
      const node = world.nodes.get(name);
      return node !== undefined && whyUnhealthy(node) === null;
    }) ?? null
  );
}
