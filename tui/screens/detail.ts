/** One VM or node: what the report says of it, live, and below that what was asked about it. */
import { objectId } from "../../reconciler/model/names.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { blockedFacts, nodeFacts, vmFacts } from "../view/facts.ts";
import { span, type Line } from "../view/line.ts";
import {
  emptyEntry,
  entry,
  markerCells,
  panelOfEntries,
  type Canvas,
  type Entry,
  type Panel,
} from "../view/panel.ts";
import { allBlocked } from "../view/plan-summary.ts";
import { harmless, wrap } from "../view/text.ts";

/** Which question the lower part answers. */
export type Aspect = "describe" | "why";

export type Answer =
  | { readonly phase: "asking" }
  | { readonly phase: "answered"; readonly lines: readonly string[] }
  | { readonly phase: "failed"; readonly problem: string };

export function detailPanel(
  report: ClusterReport,
  object: string,
  aspect: Aspect,
  answer: Answer,
  canvas: Canvas,
): Panel {
  return panelOfEntries({ title: object, aside: [span(aspect, "muted")], scrolls: "text", empty: [] }, [
    ...facts(report, object, canvas),
    ...blockedFacts(
      allBlocked(report).filter((blocked) => blocked.object === object),
      canvas,
    ),
    emptyEntry,
    entry(null, [span(aspect.toUpperCase(), "title")]),
    ...answerLines(answer, canvas).map((line) => entry(null, line)),
  ]);
}

function facts(report: ClusterReport, object: string, canvas: Canvas): readonly Entry[] {
  const vm = report.vms.find(({ name }) => objectId("VM", name) === object);
  if (vm !== undefined) return vmFacts(vm, canvas);
  const node = report.nodes.find(({ name }) => objectId("Node", name) === object);
  if (node !== undefined) return nodeFacts(node, canvas);
  return [entry(null, [span(`${object} is in no report: it was not applied yet, or is gone.`, "muted")])];
}

function answerLines(answer: Answer, canvas: Canvas): readonly Line[] {
  switch (answer.phase) {
    case "asking":
      return [[span(`asking${canvas.glyphs.ellipsis}`, "muted")]];
    case "failed":
      return wrap(answer.problem, canvas.cells - markerCells).map((line) => [span(line, "bad")]);
    case "answered":
      return answer.lines
        .flatMap((line) => wrap(harmless(line), canvas.cells - markerCells))
        .map((line) => [span(line)]);
    default:
      return unreachable(answer);
  }
}
