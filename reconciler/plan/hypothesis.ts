/** What-if: the planner's input and world as they would be. Nothing else is different, so the one planner answers. */
import type { Node, Vm } from "../model/desired.ts";
import type { NodeName, VmName } from "../model/names.ts";
import { nodesOf } from "../model/step.ts";
import type { PlanInput } from "./input.ts";
import type { NodeFacts } from "./node-facts.ts";
import type { VmFacts } from "./vm-facts.ts";
import { readWorld, withVms, type World } from "./world.ts";

/** All of it at once. */
export interface Hypothesis {
  /** Lost, and proven dead: nothing runs there any more. */
  readonly lost: ReadonlySet<NodeName>;
  /** Asked to be empty, as by `state: flushed`. Each has a document. */
  readonly flushed: ReadonlySet<NodeName>;
  /** VMs more than there are, under names that nobody has. */
  readonly added: readonly Vm[];
}

/** The world in which the hypothesis has just come true, and nothing was done about it yet. */
export function suppose(input: PlanInput, { lost, flushed, added }: Hypothesis): World {
  const nodes = new Map<NodeName, Node>(input.desired.nodes);
  for (const name of flushed) {
    const node = nodes.get(name);
    if (node !== undefined) nodes.set(name, { ...node, state: "flushed" });
  }
  const vms = new Map<VmName, Vm>([...input.desired.vms, ...added.map((vm) => [vm.name, vm] as const)]);
  return lose(readWorld({ ...input, desired: { ...input.desired, nodes, vms } }), lost).world;
}

/** The world without those nodes, and the VMs that this changes. The given world is left as it is. */
export function lose(
  world: World,
  lost: ReadonlySet<NodeName>,
): { readonly world: World; readonly affected: ReadonlyMap<VmName, VmFacts> } {
  const nodes = new Map<NodeName, NodeFacts>(world.nodes);
  for (const name of lost) {
    const node = nodes.get(name);
    if (node !== undefined) nodes.set(name, { ...node, health: "dead" });
  }
  const affected = new Map<VmName, VmFacts>();
  const ledger = world.ledger.fork();
  for (const facts of world.vms.values()) {
    if (!isInvolved(facts, lost)) continue;
    const left = withoutNodes(facts, lost);
    affected.set(facts.name, left);
    const at = left.condition.is === "running" ? left.condition.node : null;
    for (const node of nodesInvolved(facts)) if (node !== at) ledger.release(node, facts.name);
  }
  return { world: { ...withVms(world, affected), nodes, ledger }, affected };
}

/** Asked of every VM for every loss. */
function isInvolved({ condition, placement, released }: VmFacts, lost: ReadonlySet<NodeName>): boolean {
  if ((condition.is === "running" || condition.is === "unknown") && lost.has(condition.node)) return true;
  if (placement.moving !== null && lost.has(placement.moving.to)) return true;
  return released !== null && nodesOf(released.step).some((node) => lost.has(node));
}

/** Where the VM runs, may run, or is about to. */
function nodesInvolved({ condition, placement, released }: VmFacts): readonly NodeName[] {
  const nodes = released === null ? [] : [...nodesOf(released.step)];
  if (condition.is === "running" || condition.is === "unknown") nodes.push(condition.node);
  if (placement.moving !== null) nodes.push(placement.moving.to);
  return nodes;
}

/** A move to or from a lost node is over: what was left of it on the other side is cut, or goes on as if never asked. */
function withoutNodes(facts: VmFacts, lost: ReadonlySet<NodeName>): VmFacts {
  const { condition, placement } = facts;
  const free = { ...facts, released: null, placement: { ...placement, moving: null } };
  const isDead = (condition.is === "running" || condition.is === "unknown") && lost.has(condition.node);
  return isDead ? { ...free, condition: { is: "off", end: null, lost: true } } : free;
}
