/** A plan for people: what changes, what is blocked, what drifted, and one line that says what it comes to. */
import type { ChangeWord, PlanReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { blockedLines } from "./blocked-text.ts";
import { changeLine, changeLines } from "./change-text.ts";
import { driftBlocks } from "./drift-text.ts";
import { heading, type Layout, moreLine, oneLine, paragraph, sections } from "./layout.ts";
import { type ChangeGroup, groupChanges, ungrouped } from "./plan-groups.ts";
import { type PlanSubject, summarySentence } from "./plan-sentences.ts";

/** Lines for the changes; with what else a plan tells it stays within a screen of 40. */
const changesMax = 24;

export function planLines(report: PlanReport, subject: PlanSubject, layout: Layout): readonly Line[] {
  return sections([
    changesLines(report, layout),
    blockedLines(report.blocked, layout),
    ...driftBlocks(report.drift, layout),
    warningLines(report.warnings),
    paragraph(0, summarySentence(report, subject), "title", layout),
  ]);
}

function changesLines({ changes }: PlanReport, layout: Layout): readonly Line[] {
  if (layout.detail) return ungrouped(changes).flatMap((group) => changeLines(group, layout));
  const groups = groupChanges(changes);
  const lines = groups.flatMap((group) => changeLines(group, layout));
  return lines.length <= changesMax ? lines : shortLines(groups, layout);
}

/** One line a group, the gravest first, so that nothing that hurts is among what is left out. */
function shortLines(groups: readonly ChangeGroup[], layout: Layout): readonly Line[] {
  const sorted = groups.toSorted((a, b) => gravity.indexOf(a.common.word) - gravity.indexOf(b.common.word));
  const shown = sorted.length <= changesMax ? sorted : sorted.slice(0, changesMax - 1);
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
  return [heading("Warnings"), ...warnings.flatMap((warning) => warning.split("\n")).map((line) => [span(`  ${line}`)])];
}
