import { objectId } from "../../reconciler/model/names.ts";
import type { StepProgressReport, VmReport } from "../../reconciler/model/report.ts";
import { fitLine, span, type Line } from "./line.ts";
import { markerCells, type Canvas, type Entry } from "./panel.ts";
import { stepProgress } from "./vm-table.ts";

/** A line for each step that is being carried out: what, and how far it is. */
export function underWayEntries(vms: readonly VmReport[], canvas: Canvas): readonly Entry[] {
  return vms.flatMap((vm) =>
    vm.step === null ? [] : [{ key: objectId("VM", vm.name), line: stepLineOf(vm.step, canvas) }],
  );
}

function stepLineOf(step: StepProgressReport, canvas: Canvas): (now: number) => Line {
  const { glyphs } = canvas;
  const room = canvas.cells - markerCells;
  const textCells = Math.min(44, Math.floor(room / 2) - 2);
  const barCells = Math.max(8, Math.min(30, Math.floor(room / 5)));
  const text = fitLine([span(step.text)], textCells, glyphs.ellipsis);
  return (now) => [...text, span("  "), ...stepProgress(step, now, barCells, glyphs)];
}
