/** How long a plan would take, if nothing fails: its steps in their order, as many at once as the bounds allow. */
import type { PlannedStep } from "../model/plan.ts";
import type { Step } from "../model/step.ts";
import { isMove, MoveSlots } from "./bounds.ts";
import type { World } from "./world.ts";

/** How long one step takes, in milliseconds. */
export type Pace = (step: Step) => number;

/** Milliseconds until the last of the steps has ended. */
export function durationOf(world: World, steps: readonly PlannedStep[], pace: Pace): number {
  const slots = new MoveSlots(world.input.desired.cluster.bounds);
  const running: { readonly planned: PlannedStep; readonly endsAt: number }[] = [];
  const ended = new Set<string>();
  const ids = new Set(steps.map(({ step }) => step.id));
  let waiting = steps;
  let now = 0;
  while (waiting.length + running.length > 0) {
    waiting = waiting.filter((planned) => {
      const mayBegin = planned.after.every((id) => ended.has(id) || !ids.has(id));
      if (!mayBegin) return true;
      if (isMove(world, planned.step)) {
        if (slots.whyFull(planned.step) !== null) return true;
        slots.take(planned.step);
      }
      running.push({ planned, endsAt: now + pace(planned.step) });
      return false;
    });
    running.sort((a, b) => b.endsAt - a.endsAt);
    const next = running.pop();
    // What waits for itself never begins.
    if (next === undefined) return now;
    now = next.endsAt;
    ended.add(next.planned.step.id);
    if (isMove(world, next.planned.step)) slots.give(next.planned.step);
  }
  return now;
}
