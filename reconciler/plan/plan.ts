/**
 * The planner: one pure function for preview, control loop and simulator (law 3). It reads everything as values and
 * answers with everything: what to do now, what follows from that, what is not done and why, what drifted, and the
 * state of each VM and node. Equal input gives an equal plan; the order of maps does not matter.
 *
 * Cost: linear in VMs for a cluster at rest; VMs that need a place cost one look at each node.
 */
import type { Blocked, NodeView, Plan } from "../model/plan.ts";
import { byName, type VmName } from "../model/names.ts";
import type { Reason } from "../model/reasons.ts";
import { soonest } from "../model/soonest.ts";
import { bound } from "./bounds.ts";
import { findDrift } from "./drift.ts";
import type { PlanInput } from "./input.ts";
import { planRounds } from "./rounds.ts";
import { viewNodes, viewVms } from "./views.ts";
import { readWorld } from "./world.ts";

export function plan(input: PlanInput): Plan {
  const world = readWorld(input);
  const rounds = planRounds(world);
  const { steps, wakeAt } = bound(world, rounds.steps);
  const nodes = viewNodes(world, rounds);
  const blocked = [...blockedVms(rounds.blocked), ...leavingNodes(nodes.values())];
  return {
    steps,
    records: rounds.records,
    cancels: rounds.cancels,
    blocked,
    drift: findDrift(world),
    vms: viewVms(world, rounds),
    nodes,
    wakeAt: soonest(rounds.wakeAt, wakeAt),
  };
}

function blockedVms(reasons: ReadonlyMap<VmName, Reason>): Blocked[] {
  return [...reasons]
    .sort(([a], [b]) => byName(a, b))
    .map(([name, why]) => ({ object: { kind: "VM", name }, reason: why }));
}

/** A node whose document is gone stays until it is empty: removing it is not done by itself. */
function leavingNodes(nodes: Iterable<NodeView>): Blocked[] {
  return [...nodes]
    .filter(({ state }) => state === "leaving")
    .map(({ name, reason: why }) => ({ object: { kind: "Node", name }, reason: why }));
}
