/**
 * A VM that is active where it is not placed. Nothing is done about it by itself, with one exception: a node that was
 * proven dead and lives on in the same boot, because a person was wrong. What was recovered meanwhile has moved on to a
 * later epoch, so the older copy is cut at once; what nobody started is still the VM, and is taken back.
 */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { reason } from "../model/reasons.ts";
import { blocked, off, type Outcome, record } from "./outcome.ts";
import { stopStep } from "./steps.ts";
import type { Condition, Stranger, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

type Duplicate = Extract<Condition, { readonly is: "duplicate" }>;

export function decideDuplicate(world: World, facts: VmFacts, vm: Vm, condition: Duplicate): Outcome {
  const [stranger] = condition.strangers.filter(({ node }) => wasNotDead(world, node));
  if (stranger === undefined) return blocked(condition.why);
  if (isOutdated(facts, stranger)) {
    const why = reason("was-not-dead", { node: stranger.node });
    return { kind: "step", planned: stopStep(facts, vm, stranger.node, "cut", why), next: off(facts) };
  }
  if (facts.placement.node !== null || condition.strangers.length > 1) return blocked(condition.why);
  const why = reason("runs", { node: stranger.node });
  return record(facts, { ...facts.placement, node: stranger.node, held: null }, why);
}

function isOutdated({ placement }: VmFacts, { epoch }: Stranger): boolean {
  return epoch < placement.epoch;
}

/** It lives in the very boot that was proven dead. */
function wasNotDead(world: World, name: NodeName): boolean {
  const node = world.nodes.get(name);
  const quarantine = node?.fence?.quarantine ?? null;
  const alive = node?.observed?.alive ?? null;
  return quarantine !== null && alive !== null && alive.bootId === quarantine.incident.bootId;
}
