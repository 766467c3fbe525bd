/** A plan for a merge request: GitLab's and GitHub's Markdown. */
import { undoneWords } from "../../reconciler/control/folder-base.ts";
import type {
  BlockedReport,
  ChangeReport,
  DriftReport,
  PlanReport,
  UndoReport,
} from "../../reconciler/model/report.ts";
import { unicodeGlyphs } from "../../tui/view/glyphs.ts";
import { harmless } from "../../tui/view/text.ts";
import type { Layout } from "./layout.ts";
import { placeOf } from "./layout.ts";
import { driftObject } from "./drift-text.ts";
import { changeFields } from "./field-text.ts";
import { shownId } from "./object-names.ts";
import { otherDrift } from "./plan-text.ts";
import { type PlanSubject, summarySentence } from "./plan-sentences.ts";
import { undoHeading } from "./undo-text.ts";

/** More would make the page that it is for unreadable. */
const rowsMax = 200;

export function planMarkdown(report: PlanReport, subject: PlanSubject, layout: Layout): string {
  return [
    `### ${summarySentence(report, subject)}`,
    table(report.changes, layout),
    bullets("Blocked", report.blocked.map(blockedText)),
    bullets("Drift", otherDrift(report).map(driftText)),
    bullets("Warnings", report.warnings.map(warningText)),
    undoText(report.undo, layout),
  ]
    .filter((block) => block !== "")
    .join("\n\n");
}

function table(changes: readonly ChangeReport[], layout: Layout): string {
  if (changes.length === 0) return "";
  const shown = changes.slice(0, rowsMax);
  const more = changes.length - shown.length;
  return [
    "| change | object | fields | impact | node | from |",
    "| --- | --- | --- | --- | --- | --- |",
    ...shown.map((change) => row(change, layout)),
    ...(more === 0 ? [] : [`| … | ${more} more | | | | |`]),
  ].join("\n");
}

function row(change: ChangeReport, layout: Layout): string {
  const fields = changeFields(change, { glyphs: unicodeGlyphs });
  const cells = [
    change.word,
    shownId(change.object),
    fields.map(escaped).join("<br>"),
    change.impact === "none" ? "" : change.impact,
    change.target ?? "",
    change.source === null ? "" : placeOf(change.source, layout),
  ];
  return `| ${cells.join(" | ")} |`;
}

function blockedText({ object, reason }: BlockedReport): string {
  return `${shownId(object)}: ${escaped(reason.text)}${reason.advice === null ? "" : `. ${reason.advice}`}`;
}

function driftText(drift: DriftReport): string {
  const { node, text } = drift;
  return escaped(`${driftObject(drift)}${node === null ? "" : ` on ${node}`}: ${text}`);
}

function undoText(undo: UndoReport | null, { directoryName }: Layout): string {
  if (undo === null) return "";
  const objects = undo.objects.map((undone) => escaped(`${shownId(undone.object)}: ${undoneWords(undone)}`));
  return bullets(escaped(undoHeading(undo, directoryName)), objects);
}

/** Without the excerpt: the place leads to it. */
function warningText(warning: string): string {
  const [first = "", ...rest] = warning.split("\n");
  const advice = rest.at(-1)?.replace(/^ *= /, "") ?? "";
  return escaped(advice === "" ? first : `${first}: ${advice}`);
}

function bullets(title: string, entries: readonly string[]): string {
  if (entries.length === 0) return "";
  return [`**${title}**`, "", ...entries.map((entry) => `- ${entry}`)].join("\n");
}

/** Nothing in it is taken for Markdown, for a cell's end or for HTML. */
function escaped(text: string): string {
  return harmless(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[\\`*_|[\]]/g, String.raw`\$&`);
}
