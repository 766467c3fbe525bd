/** A plan for people: what changes, what is blocked, what drifted, and one line that says what it comes to. */
import type { ChangeReport, ChangeWord, DriftReport, PlanReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { blockedLines } from "./blocked-text.ts";
import { changeLine, changeLines } from "./change-text.ts";
import { driftBlocks } from "./drift-text.ts";
import { heading, type Layout, moreLine, oneLine, paragraph, sections } from "./layout.ts";
import { type ChangeGroup, groupChanges, ungrouped } from "./plan-groups.ts";
import { type PlanSubject, summarySentence } from "./plan-sentences.ts";
import { undoLines } from "./undo-text.ts";

/** Lines up to which the changes are told in full. */
const fullMax = 48;
/** Lines for the changes where they are told in short: with what else a plan tells it stays within a screen of 40. */
const shortMax = 24;

export function planLines(report: PlanReport, subject: PlanSubject, layout: Layout): readonly Line[] {
  return sections([
    changesLines(report, layout),
    blockedLines(report.blocked, layout),
    ...driftBlocks(otherDrift(report), layout),
    warningLines(report.warnings),
    undoLines(report.undo, layout),
    paragraph(0, summarySentence(report, subject), "title", layout),
  ]);
}

/** What takes effect at the next restart, and what becomes an orphan, is told with the change that it comes from. */
export function otherDrift({ changes, drift }: PlanReport): readonly DriftReport[] {
  const objects = (of: readonly ChangeReport[]) => new Set(of.map(({ object }): string => object));
  const told = {
    pending: objects(changes.filter(({ fields }) => fields.length > 0)),
    orphaned: objects(changes.filter(({ word }) => word === "orphan")),
  };
  return drift.filter(({ kind, object }) =>
    kind === "pending" || kind === "orphaned" ? !told[kind].has(object) : true,
  );
}

function changesLines({ changes }: PlanReport, layout: Layout): readonly Line[] {
  if (layout.detail) return ungrouped(changes).flatMap((group) => changeLines(group, layout));
  const groups = groupChanges(changes);
  const lines = groups.flatMap((group) => changeLines(group, layout));
  return lines.length <= fullMax ? lines : shortLines(groups, layout);
}

/** One line a group, the gravest first, so that nothing that hurts is among what is left out. */
function shortLines(groups: readonly ChangeGroup[], layout: Layout): readonly Line[] {
  const sorted = groups.toSorted((a, b) => gravity.indexOf(a.common.word) - gravity.indexOf(b.common.word));
  const shown = sorted.length <= shortMax ? sorted : sorted.slice(0, shortMax - 1);
  const left = sorted.slice(shown.length).flatMap(({ changes }) => changes).length;
  return [
    ...shown.map((group) => oneLine(changeLine(group, layout), layout)),
    ...moreLine(left, "`--detail` shows all", layout),
  ];
}

const gravity: readonly ChangeWord[] = [
  "destroy",
  "orphan",
  "remove",
  "stop",
  "restart",
  "migrate",
  "adopt",
  "create",
  "start",
  "update",
];

function warningLines(warnings: readonly string[]): readonly Line[] {
  if (warnings.length === 0) return [];
  return [
    heading("Warnings"),
    ...warnings.flatMap((warning) => warning.split("\n")).map((line) => [span(`  ${line}`)]),
  ];
}
