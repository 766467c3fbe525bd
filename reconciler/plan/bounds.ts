/** How many moves are under way at once: in all, and at either end of each node (`bounds` of the Cluster). */
import type { Cluster } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import type { PlannedStep } from "../model/plan.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { isFinal, nodesOf, type Step } from "../model/step.ts";
import type { World } from "./world.ts";

/**
 * The steps in the order in which they are released; those over a bound wait. A shutdown that is half of a move counts
 * as one; a stop that somebody asked for never waits.
 */
export function bound(world: World, steps: readonly PlannedStep[]): PlannedStep[] {
  const slots = new MoveSlots(world.input.desired.cluster.bounds);
  for (const { released } of world.vms.values()) {
    if (released === null || !isMove(world, released.step)) continue;
    if (![...released.progress.values()].every(isFinal) || released.progress.size === 0) {
      slots.take(released.step);
    }
  }
  return steps.map((planned) => {
    if (planned.waits !== null || !isMove(world, planned.step)) return planned;
    const full = slots.whyFull(planned.step);
    if (full !== null) return { ...planned, waits: full };
    slots.take(planned.step);
    return planned;
  });
}

/** What is taken of the bounds. */
export class MoveSlots {
  readonly #bounds: Cluster["bounds"];
  readonly #perNode = new Map<NodeName, number>();
  #total = 0;

  constructor(bounds: Cluster["bounds"]) {
    this.#bounds = bounds;
  }

  /** Why one more such step has to wait; null: it may begin. */
  whyFull(step: Step): Reason | null {
    const { migrations, migrationsPerNode } = this.#bounds;
    if (this.#total >= migrations) return reason("waiting-for-bound", { limit: migrations });
    const busiest = Math.max(...nodesOf(step).map((node) => this.#perNode.get(node) ?? 0));
    return busiest >= migrationsPerNode ? reason("waiting-for-bound", { limit: migrationsPerNode }) : null;
  }

  take(step: Step): void {
    this.#count(step, 1);
  }

  give(step: Step): void {
    this.#count(step, -1);
  }

  #count(step: Step, by: 1 | -1): void {
    this.#total += by;
    for (const node of nodesOf(step)) this.#perNode.set(node, (this.#perNode.get(node) ?? 0) + by);
  }
}

/** A migration, or the shutdown that is half of a move. */
export function isMove(world: Pick<World, "vms">, step: Step): boolean {
  if (step.kind === "migrate") return true;
  return step.kind === "stop" && world.vms.get(step.vm)?.document?.state === "running";
}
