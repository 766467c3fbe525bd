import {
  changeWords,
  type BlockedReport,
  type ClusterReport,
  type PlanReport,
} from "../../reconciler/model/report.ts";
import { span, joinLines, type Line } from "./line.ts";
import { changeTones } from "./states.ts";
import type { Glyphs } from "./glyphs.ts";

/** "+1 create  ~2 update": what a plan would do, by word. */
export function planSummary(plan: PlanReport, glyphs: Glyphs): Line {
  const parts = changeWords.flatMap((word) => {
    const number = plan.summary[word];
    return number === 0 ? [] : [[span(`${glyphs.change[word]}${String(number)} ${word}`, changeTones[word])]];
  });
  return joinLines(parts, span("  "));
}

/** The same in plain words, for questions: "1 create, 2 update". */
export function planWords(plan: PlanReport): string {
  const words = changeWords.filter((word) => plan.summary[word] > 0);
  return words.map((word) => `${String(plan.summary[word])} ${word}`).join(", ");
}

/** What is blocked, of what was applied and of the pending edits; each once. */
export function allBlocked(report: ClusterReport): readonly BlockedReport[] {
  const seen = new Set<string>();
  return [...report.blocked, ...blockedEdits(report)].filter((blocked) => {
    const key = `${blocked.object}#${blocked.reason.code}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The plan of the edits is as old as the edits: of what they do not touch, the cluster itself knows better by now. */
function blockedEdits({ source }: ClusterReport): readonly BlockedReport[] {
  const pending = source?.pending ?? null;
  if (pending === null) return [];
  const touched = new Set(pending.changes.map(({ object }) => object));
  return pending.blocked.filter(({ object }) => touched.has(object));
}

/** Whether `object` waits for `approve`. */
export function waitsForApproval(report: ClusterReport | null, object: string): boolean {
  if (report === null) return false;
  return allBlocked(report).some(
    (blocked) => blocked.object === object && blocked.reason.code === "approval-needed",
  );
}
