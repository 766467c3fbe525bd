/** How many moves are under way at once: in all, and at either end of each node (`bounds` of the Cluster). */
import type { Cluster } from "../model/desired.ts";
import type { ReleasedStep } from "../model/journal.ts";
import type { NodeName } from "../model/names.ts";
import type { PlannedStep } from "../model/plan.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { isFinal, nodesOf, type Step } from "../model/step.ts";
import { missedBy } from "./missed.ts";
import type { World } from "./world.ts";

/** A guest that is shut down to leave gives its slot away after so long: one that is deaf to it holds up no other. */
const shutdownSlotMs = 30_000;

export interface Bounded {
  readonly steps: readonly PlannedStep[];
  /** When a slot comes free by time alone, where a step waits; else null. */
  readonly wakeAt: number | null;
}

/**
 * The steps in the order in which they are released; those over a bound wait. A shutdown that makes way counts too, among
 * its like; a stop that somebody asked for never waits.
 */
export function bound(world: World, steps: readonly PlannedStep[]): Bounded {
  const slots = new MoveSlots(world.input.desired.cluster.bounds);
  const ends: number[] = [];
  for (const { released } of world.vms.values()) {
    if (released === null || !isMove(world, released.step)) continue;
    const until = holdsSlotUntil(world, released);
    if (until <= world.input.now) continue;
    slots.take(released.step);
    ends.push(until);
  }
  const inBounds = steps.map((planned) => {
    if (planned.waits !== null || !isMove(world, planned.step)) return planned;
    const full = slots.whyFull(planned.step);
    if (full !== null) return { ...planned, waits: full };
    slots.take(planned.step);
    return planned;
  });
  const wakeAt = Math.min(...ends);
  const waits = inBounds.some(({ waits: why }) => why?.code === "waiting-for-bound");
  return { steps: inBounds, wakeAt: waits && Number.isFinite(wakeAt) ? wakeAt : null };
}

/** Epoch milliseconds; infinite: until it ends. What nobody can tell the end of must not hold up the others. */
function holdsSlotUntil({ nodes }: World, released: ReleasedStep): number {
  const { step, progress, releasedAt } = released;
  if (isFinal(progress.get(step.node) ?? null)) return 0;
  if (missedBy(released, nodes).some(({ health }) => health !== "suspect")) return 0;
  return step.kind === "stop" ? releasedAt + shutdownSlotMs : Number.POSITIVE_INFINITY;
}

/** What is taken of the bounds: by migrations, and by shutdowns apart from them. */
export class MoveSlots {
  readonly #migrations: Slots;
  readonly #shutdowns: Slots;

  constructor(bounds: Cluster["bounds"]) {
    this.#migrations = new Slots("migrations", bounds);
    this.#shutdowns = new Slots("shutdowns", bounds);
  }

  /** Why one more such step has to wait; null: it may begin. */
  whyFull(step: Step): Reason | null {
    return this.#of(step).whyFull(step);
  }

  take(step: Step): void {
    this.#of(step).count(step, 1);
  }

  give(step: Step): void {
    this.#of(step).count(step, -1);
  }

  #of({ kind }: Step): Slots {
    return kind === "migrate" ? this.#migrations : this.#shutdowns;
  }
}

class Slots {
  readonly #moves: string;
  readonly #bounds: Cluster["bounds"];
  readonly #perNode = new Map<NodeName, number>();
  #total = 0;

  constructor(moves: string, bounds: Cluster["bounds"]) {
    this.#moves = moves;
    this.#bounds = bounds;
  }

  whyFull(step: Step): Reason | null {
    const { migrations, migrationsPerNode } = this.#bounds;
    if (this.#total >= migrations)
      return reason("waiting-for-bound", { limit: migrations, moves: this.#moves });
    const busy = nodesOf(step).find((node) => (this.#perNode.get(node) ?? 0) >= migrationsPerNode);
    if (busy === undefined) return null;
    return reason("waiting-for-bound", { limit: migrationsPerNode, moves: `${this.#moves} at ${busy}` });
  }

  count(step: Step, by: 1 | -1): void {
    this.#total += by;
    for (const node of nodesOf(step)) this.#perNode.set(node, (this.#perNode.get(node) ?? 0) + by);
  }
}

/** A migration, or the shutdown of a VM that has to make way. */
export function isMove(world: Pick<World, "vms">, step: Step): boolean {
  if (step.kind === "migrate") return true;
  return (
    step.kind === "stop" &&
    step.method === "graceful" &&
    world.vms.get(step.vm)?.document?.state === "running"
  );
}
