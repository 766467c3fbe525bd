/** An apply that was asked for here: what is under way, and what was told so far. */
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { Run } from "../state.ts";
import { span, type Line } from "../view/line.ts";
import { emptyEntry, entry, markerCells, panelOfEntries, type Canvas, type Panel } from "../view/panel.ts";
import { harmless, wrap } from "../view/text.ts";
import { underWayEntries } from "../view/under-way.ts";

export function applyPanel(report: ClusterReport | null, run: Run | null, canvas: Canvas): Panel {
  const steps = underWayEntries(report?.vms ?? [], canvas);
  const told = (run?.lines ?? []).flatMap((line) => wrap(harmless(line), canvas.cells - markerCells));
  return panelOfEntries(
    {
      title: (run?.title ?? "apply").toUpperCase(),
      aside: run === null ? [] : [phaseSpan(run, canvas)],
      scrolls: "text",
      empty: [run === null ? "Nothing was asked for from here yet." : "Waiting for the first step."],
    },
    [
      ...steps.map((step) => ({ ...step, key: null })),
      ...(steps.length === 0 || told.length === 0 ? [] : [emptyEntry]),
      ...told.map((line) => entry(null, [span(line)])),
    ],
  );
}

function phaseSpan(run: Run, canvas: Canvas): Line[number] {
  switch (run.phase) {
    case "running":
      return span("under way", "busy");
    case "done":
      return span(`${canvas.glyphs.good} done`, "ok");
    case "failed":
      return span(`${canvas.glyphs.alert} not done`, "bad");
    default:
      return unreachable(run.phase);
  }
}
