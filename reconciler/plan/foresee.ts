/** What a world comes to when the planner is left to it: where each VM ends, and why some end nowhere. */
import type { NodeName, VmName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { lose } from "./hypothesis.ts";
import { type Rounds, planRounds } from "./rounds.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** How far it is looked ahead: further than any chain of VMs that make room for each other is likely to be. */
const roundsAhead = 64;

export interface Foresight {
  /** As it is before anything is done. */
  readonly start: World;
  readonly rounds: Rounds;
  /** What was looked at; everything else stays as it is. */
  readonly pending: readonly VmFacts[];
}

/** `pending`: the VMs that are not settled; left out, each is looked at. */
export function foresee(start: World, pending: readonly VmFacts[] = [...start.vms.values()]): Foresight {
  const fork = { ...start, ledger: start.ledger.fork() };
  return { start, rounds: planRounds(fork, { pending, rounds: roundsAhead }), pending };
}

/**
 * The same without some nodes, at the cost of the VMs that are lost with them; the answer is that of a whole plan. What
 * is at rest stays so whether the nodes are there or not. A VM that has no place with them has none without: on the
 * nodes that are left there is less room, and there are more neighbours. While something is being done, what is not at
 * rest is looked at too.
 */
export function foreseeLoss(before: Foresight, lost: ReadonlySet<NodeName>): Foresight {
  const { start } = before;
  const { world, affected } = lose(start, lost);
  const restless =
    before.rounds.end.vms === start.vms ? [] : before.pending.filter((f) => !isAtRest(before, f));
  const pending = [...affected.values(), ...restless.filter(({ name }) => !affected.has(name))];
  return foresee(world, pending);
}

/** Nothing is done to it, and nothing is wanted for it that is not done. */
function isAtRest({ rounds }: Foresight, facts: VmFacts): boolean {
  return rounds.settled.has(facts.name) && rounds.end.vms.get(facts.name) === facts;
}

/** Where the VM is, as far as it can be told; null: known to be nowhere. */
export function placeOf(world: World, name: VmName): NodeName | null {
  const facts = world.vms.get(name);
  switch (facts?.condition.is) {
    case "running":
    case "unknown":
      return facts.condition.node;
    case "duplicate":
      return facts.placement.node;
    case "off":
    case undefined:
      return null;
  }
}

/** Why the VM ends where it does. */
export function whyThere(rounds: Rounds, name: VmName): Reason {
  const condition = rounds.end.vms.get(name)?.condition;
  if (condition?.is === "unknown" || condition?.is === "duplicate") return condition.why;
  return rounds.holds.get(name) ?? rounds.blocked.get(name) ?? rounds.settled.get(name) ?? reason("orphaned");
}
