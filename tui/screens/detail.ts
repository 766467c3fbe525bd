/** One VM or node: what the report says of it, live, and below that what was asked about it. */
import { objectId } from "../../reconciler/model/names.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { blockedFacts, nodeFacts, vmFacts } from "../view/facts.ts";
import { type Answer, answerLines } from "../view/answer.ts";
import { span } from "../view/line.ts";
import { emptyEntry, entry, panelOfEntries, type Canvas, type Entry, type Panel } from "../view/panel.ts";
import { allBlocked } from "../view/plan-summary.ts";

/** Which question the lower part answers. */
export type Aspect = "describe" | "why" | "yaml";

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
