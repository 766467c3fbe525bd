/** How many moves are under way at once: in all, and at either end of each node (`bounds` of the Cluster). */
import type { PlannedStep } from "../model/plan.ts";
import { reason } from "../model/reasons.ts";
import { isFinal, nodesOf, type Step } from "../model/step.ts";
import type { World } from "./world.ts";

/**
 * The steps in the order in which they are released; those over a bound wait. A shutdown that is half of a move counts
 * as one; a stop that somebody asked for never waits.
 */
export function bound(world: World, steps: readonly PlannedStep[]): PlannedStep[] {
  const { migrations, migrationsPerNode } = world.input.desired.cluster.bounds;
  const perNode = new Map<string, number>();
  let total = 0;
  const count = (step: Step): void => {
    total += 1;
    for (const node of nodesOf(step)) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  };
  for (const { released } of world.vms.values()) {
    if (released === null || !isMove(world, released.step)) continue;
    if (![...released.progress.values()].every(isFinal) || released.progress.size === 0) count(released.step);
  }
  return steps.map((planned) => {
    if (planned.waits !== null || !isMove(world, planned.step)) return planned;
    const busiest = Math.max(...nodesOf(planned.step).map((node) => perNode.get(node) ?? 0));
    if (total >= migrations) return { ...planned, waits: reason("waiting-for-bound", { limit: migrations }) };
    if (busiest >= migrationsPerNode) {
      return { ...planned, waits: reason("waiting-for-bound", { limit: migrationsPerNode }) };
    }
    count(planned.step);
    return planned;
  });
}

function isMove(world: World, step: Step): boolean {
  if (step.kind === "migrate") return true;
  return step.kind === "stop" && world.vms.get(step.vm)?.document?.state === "running";
}
