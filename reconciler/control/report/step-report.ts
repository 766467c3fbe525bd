import type { PlannedStep } from "../../model/plan.ts";
import type { StepReport } from "../../model/report.ts";
import { describeStep } from "../../model/step.ts";
import { reportReason } from "./reasons.ts";

export function reportStep(planned: PlannedStep): StepReport {
  const { step, after, waits } = planned;
  return {
    id: step.id,
    kind: step.kind,
    text: describeStep(step),
    node: step.node,
    to: step.kind === "migrate" ? step.to : null,
    reason: reportReason(step.reason),
    after,
    waits: waits === null ? null : reportReason(waits),
  };
}
