import type { ReleasedStep } from "../../reconciler/model/journal.ts";
import { byName, type NodeName, type VmName } from "../../reconciler/model/names.ts";
import type { ReasonReport, StepProgressReport } from "../../reconciler/model/report.ts";
import { reportReason } from "../../reconciler/control/report/reasons.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { text, titled } from "./cells.ts";
import { listing, type View } from "./listing.ts";

/** A step that an agent was given, and how far it is. */
export interface StepItem extends Omit<StepProgressReport, "kind"> {
  readonly kind: "Step";
  /** The step's id. */
  readonly name: string;
  readonly step: StepProgressReport["kind"];
  readonly vm: VmName;
  readonly node: NodeName;
  /** Where a migration goes. */
  readonly to: NodeName | null;
  readonly reason: ReasonReport;
}

export const steps = listing<StepItem>({
  word: "step",
  plural: "steps",
  noun: "step",
  rows: reportSteps,
  columns: ({ now }) => [
    { title: "VM", cell: (item) => titled(item.vm) },
    { title: "STEP", cell: (item) => text(item.step) },
    { title: "NODE", cell: (item) => text(item.node) },
    { title: "TO", cell: (item) => text(item.to) },
    { title: "PHASE", cell: phase },
    {
      title: "DONE",
      align: "right",
      cell: (item) => text(item.percent === null ? null : `${Math.floor(item.percent)}%`),
    },
    { title: "AGE", align: "right", cell: (item) => text(formatAge(now - item.since)) },
    { title: "ID", wide: true, cell: (item) => text(item.name) },
    { title: "NOTE", cell: (item) => text(item.detail ?? item.reason.text) },
  ],
});

function reportSteps({ state, report }: View): readonly StepItem[] {
  const released = state.released();
  return report.vms
    .flatMap(({ name, step }) => {
      const record = released.get(name);
      return step === null || record === undefined ? [] : [stepItem(record, step)];
    })
    .sort((a, b) => byName(a.vm, b.vm));
}

function stepItem({ step }: ReleasedStep, progress: StepProgressReport): StepItem {
  const { kind, ...shown } = progress;
  return {
    kind: "Step",
    name: step.id,
    step: kind,
    vm: step.vm,
    node: step.node,
    to: step.kind === "migrate" ? step.to : null,
    ...shown,
    reason: reportReason(step.reason),
  };
}

function phase({ phase: word }: StepItem): Line {
  return [span(word, word === "failed" ? "bad" : word === "released" ? "muted" : "busy")];
}
