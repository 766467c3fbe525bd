/** What is being done, what apply would do, and what keeps the rest from being done. */
import type { BlockedReport, ClusterReport, PlanReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter, type Filter } from "../filter.ts";
import { objectCellsOf, stepEntries, wordCells } from "../view/change-entries.ts";
import { span } from "../view/line.ts";
import {
  emptyEntry,
  entry,
  markerCells,
  panelOfEntries,
  sectionOf,
  type Canvas,
  type Entry,
  type Panel,
} from "../view/panel.ts";
import { allBlocked, planSummary } from "../view/plan-summary.ts";
import { sourceEntries } from "../view/source-entries.ts";
import { fit, wrap } from "../view/text.ts";
import { underWayEntries } from "../view/under-way.ts";

export function planPanel(report: ClusterReport, filter: string, canvas: Canvas): Panel {
  const wanted = parseFilter(filter);
  const pending = report.source?.pending ?? null;
  const steps = underWayEntries(
    report.vms.filter((vm) => vm.step !== null && matches(wanted, `${vm.name} ${vm.step.text}`)),
    canvas,
  );
  const sections = [
    sectionOf("UNDER WAY", "steps that agents carry out now", steps),
    sectionOf("WAITS FOR APPLY", "what apply would do", changeEntries(pending, wanted, canvas)),
    sectionOf("BLOCKED", "what is not done, and why", blockedEntries(allBlocked(report), wanted, canvas)),
    sectionOf(
      "WARNINGS",
      "",
      (pending?.warnings ?? []).map((text) => entry(null, [span(text, "warn")])),
    ),
  ];
  return panelOfEntries(
    {
      title: filter === "" ? "PLAN" : `PLAN  /${filter}`,
      aside: pending === null ? [] : planSummary(pending, canvas.glyphs),
      scrolls: "list",
      empty: [],
    },
    [...opening(report, pending, canvas), ...sections.flat()].slice(0, mostLines),
  );
}

/** A plan of any size stays fluid; the summary counts everything. */
const mostLines = 5000;

function opening(report: ClusterReport, pending: PlanReport | null, canvas: Canvas): readonly Entry[] {
  if (pending === null) return [...sourceEntries(report.source, canvas), emptyEntry];
  if (pending.hasChanges) return [];
  const calm = span(`${canvas.glyphs.good} No changes: the files say what was applied.`, "ok");
  return [entry(null, [calm]), emptyEntry];
}

function changeEntries(plan: PlanReport | null, wanted: Filter, canvas: Canvas): readonly Entry[] {
  const changes = (plan?.changes ?? []).filter((change) =>
    matches(wanted, `${change.object} ${change.word}`),
  );
  const cells = objectCellsOf(changes);
  return changes.flatMap((change) => stepEntries(change, cells, canvas));
}

function blockedEntries(all: readonly BlockedReport[], wanted: Filter, canvas: Canvas): readonly Entry[] {
  const blocked = all.filter((item) =>
    matches(wanted, `${item.object} ${item.reason.code} ${item.reason.text}`),
  );
  const cells = objectCellsOf(blocked);
  return blocked.flatMap((item) => blockedItem(item, cells, canvas));
}

/** Reason and advice are read in full, so they are wrapped. */
function blockedItem(
  { object, reason }: BlockedReport,
  objectCells: number,
  canvas: Canvas,
): readonly Entry[] {
  const { ellipsis, alert } = canvas.glyphs;
  const key = `${object}#${reason.code}`;
  const indent = wordCells + objectCells + 2;
  const room = canvas.cells - markerCells - indent;
  const [first = "", ...more] = wrap(`${reason.code}: ${reason.text}`, room);
  const advice = reason.advice === null ? [] : wrap(reason.advice, room);
  const further = [...more.map((text) => span(text)), ...advice.map((text) => span(text, "muted"))];
  return [
    entry(key, [
      span(fit(`${alert} blocked`, wordCells, ellipsis), "bad"),
      span(`${fit(object, objectCells, ellipsis)}  `, "title"),
      span(first),
    ]),
    ...further.map((text) => entry(null, [span(" ".repeat(indent)), text])),
  ];
}
