/** What must hold for a step to be claimed, and to be acted on; pure. */
import type { StepRecord } from "../reconciler/model/journal.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import { type Placement, unplaced } from "../reconciler/model/placement.ts";
import type { Step } from "../reconciler/model/step.ts";
import type { Compare } from "../reconciler/store/store.ts";
import type { Entry } from "./key-view.ts";

/** Whether the placement is the one that the step was planned on; else the step is of the past, or not yet ours. */
export function placementAllows(step: Step, placement: Placement | null, node: NodeName): boolean {
  const { epoch, moving } = placement ?? unplaced;
  if (step.kind !== "migrate") return epoch === step.epoch;
  if (moving?.step !== step.id || moving.to !== step.to || moving.epoch !== step.toEpoch) return false;
  return node === step.node || node === step.to;
}

/** Pins what was looked at: the step and the placement, as they were. */
export function comparesOf(
  step: Entry<StepRecord>,
  placementKey: string,
  placement: Entry<Placement> | null,
): readonly Compare[] {
  return [
    { key: step.key, modRevision: step.modRevision },
    { key: placementKey, modRevision: placement?.modRevision ?? 0 },
  ];
}
