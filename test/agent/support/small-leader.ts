import type { StepRecord } from "../../../reconciler/model/journal.ts";
import type { Alive, NodeStatus, ObservedDomain } from "../../../reconciler/model/observed.ts";
import { type Placement, unplaced } from "../../../reconciler/model/placement.ts";
import { isFinal, nodesOf, type Progress, type Step } from "../../../reconciler/model/step.ts";
import { decode, encode } from "../../../reconciler/store/codec.ts";
import type { Compare, Operation } from "../../../reconciler/store/store.ts";
import type { Lab } from "./lab.ts";
import { migrateStep, startStep, stopStep } from "./steps.ts";

/** Where the VM is to run, or that it is to be off. */
export type Goal = "hv1" | "hv2" | "off";

/**
 * As much of a leader as one VM needs: one step at a time, each released with its placement, called off when the goal
 * has changed, and settled when all its nodes have told its end. It fences nobody: what it does not know, it waits for.
 */
export class SmallLeader {
  readonly #lab: Lab;
  readonly #vm = "web";
  #goal: Goal = "off";
  #step: { readonly step: Step; readonly goal: Goal } | null = null;
  #steps = 0;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  get goal(): Goal {
    return this.#goal;
  }

  want(goal: Goal): void {
    this.#goal = goal;
  }

  /** Looks once and does what follows. True: nothing is left to do. */
  async tick(): Promise<boolean> {
    if (this.#step !== null) {
      await this.#attend(this.#step.step, this.#step.goal);
      return false;
    }
    const { placement, revision } = await this.#placement();
    const where = await this.#whereabouts(placement, revision);
    if (where === "unknown") return false;
    if (where === this.#goal) return true;
    await this.#release(this.#plan(where, placement));
    return false;
  }

  #plan(where: Goal, placement: Placement): { readonly step: Step; readonly placement: Placement } {
    const { epoch } = placement;
    const goal = this.#goal;
    if (goal === "off") return { step: this.#named(stopStep(this.#vm, where, epoch)), placement };
    if (where === "off") {
      const step = this.#named(startStep(this.#vm, goal, epoch + 1));
      return { step, placement: { ...placement, node: goal, epoch: epoch + 1 } };
    }
    const step = this.#named(migrateStep(this.#vm, where, goal, epoch));
    return {
      step,
      placement: { ...placement, moving: { to: goal, epoch: epoch + 1, step: step.id, displaced: null } },
    };
  }

  #named<S extends Step>(step: S): S {
    this.#steps += 1;
    return { ...step, id: `${step.id}-${this.#steps}` };
  }

  async #release({ step, placement }: { readonly step: Step; readonly placement: Placement }): Promise<void> {
    await this.#lab.release(step, placement);
    this.#step = { step, goal: this.#goal };
  }

  async #attend(step: Step, goal: Goal): Promise<void> {
    const told = new Map<string, Progress | null>();
    for (const node of nodesOf(step)) told.set(node, await this.#lab.progress(step, node));
    if ([...told.values()].every(isFinal)) return this.#settle(step, told.get(step.node) ?? null);
    if (goal === this.#goal) return;
    await this.#callOff(step);
  }

  /** What nobody has claimed is withdrawn; what somebody has is cancelled for all who take part. */
  async #callOff(step: Step): Promise<void> {
    if (await this.#lab.withdraw(step)) {
      this.#step = null;
      return;
    }
    for (const node of nodesOf(step)) {
      const item = await this.#lab.store.get(this.#lab.keys.step(node, step.id));
      if (item !== null && !decode<StepRecord>(item).cancel) await this.#lab.cancel(step, node);
    }
  }

  async #settle(step: Step, source: Progress | null): Promise<void> {
    const { keys } = this.#lab;
    const { placement } = await this.#placement();
    const isGone = step.kind === "migrate" && source?.phase === "done";
    const next = isGone
      ? { ...placement, node: step.to, epoch: step.toEpoch, moving: null }
      : { ...placement, moving: null };
    const keysOver = nodesOf(step).flatMap((node) => [
      keys.step(node, step.id),
      keys.progress(node, step.id),
    ]);
    await this.#write(
      [],
      [...keysOver.map((key) => ({ delete: key })), { put: keys.placement(this.#vm), value: encode(next) }],
    );
    this.#step = null;
  }

  /** Believed only from an agent that knew the placement and speaks for its node's present session. */
  async #whereabouts(placement: Placement, revision: number): Promise<Goal | "unknown"> {
    const { node } = placement;
    if (node === null) return "off";
    const { keys, store } = this.#lab;
    const alive = await store.get(keys.alive(node));
    const status = await store.get(keys.status(node));
    if (alive === null || status === null) return "unknown";
    const { session, seen } = decode<NodeStatus>(status);
    if (session.lease !== alive.lease || session.bootId !== decode<Alive>(alive).bootId) return "unknown";
    const item = await store.get(keys.domain(node, this.#vm));
    const record = item === null ? null : decode<ObservedDomain>(item);
    if (record?.state === "running") return node === "hv1" ? "hv1" : "hv2";
    return record?.state === "paused" || seen < revision ? "unknown" : "off";
  }

  async #placement(): Promise<{ readonly placement: Placement; readonly revision: number }> {
    const item = await this.#lab.store.get(this.#lab.keys.placement(this.#vm));
    if (item === null) return { placement: unplaced, revision: 0 };
    return { placement: decode<Placement>(item), revision: item.modRevision };
  }

  async #write(compare: readonly Compare[], then: readonly Operation[]): Promise<boolean> {
    return (await this.#lab.store.transact({ compare, then })).ok;
  }
}
