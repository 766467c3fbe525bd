/** What is not as it was written: by kind, each with what becomes of it. */
import { formatTime } from "../../reconciler/desired/times.ts";
import type { DriftReport } from "../../reconciler/model/report.ts";
import type { Line } from "../../tui/view/line.ts";
import { heading, type Layout, moreLine, paragraph } from "./layout.ts";

export interface DriftGroup {
  /** How it came, and what becomes of it. */
  readonly title: string;
  readonly entries: readonly DriftReport[];
}

const groups: readonly {
  readonly title: string;
  readonly has: (entry: DriftReport) => boolean;
}[] = [
  {
    title: "Changed outside keel since the last apply; `keel apply` sets it back",
    has: ({ kind, effect }) => kind === "drift" && effect !== "next-restart",
  },
  {
    title: "Changed outside keel; set back at the next restart",
    has: ({ kind, effect }) => kind === "drift" && effect === "next-restart",
  },
  { title: "Takes effect at the next restart", has: ({ kind }) => kind === "pending" },
  { title: "Not as wanted, and left as it is", has: ({ kind }) => kind === "state" },
  {
    title: "Orphaned: in no document any more, left as they are",
    has: ({ kind }) => kind === "orphaned",
  },
  { title: "Not of this cluster, never touched", has: ({ kind }) => kind === "unmanaged" },
];

/** Of each kind not more than these, unless all detail is wanted. */
const shownMax = 4;

/** By kind, of those that there are. */
export function driftGroups(drift: readonly DriftReport[]): readonly DriftGroup[] {
  return groups
    .map(({ title, has }) => ({ title, entries: drift.filter(has) }))
    .filter(({ entries }) => entries.length > 0);
}

/** A block of lines for each kind that there is. */
export function driftBlocks(drift: readonly DriftReport[], layout: Layout): readonly (readonly Line[])[] {
  return driftGroups(drift).map(({ title, entries }) => {
    const shown = layout.detail ? entries : entries.slice(0, shownMax);
    const lines = shown.flatMap((entry) => entryLines(entry, layout));
    return [
      heading(title),
      ...lines,
      ...moreLine(entries.length - shown.length, "`keel drift` lists them", layout),
    ];
  });
}

function entryLines(entry: DriftReport, layout: Layout): readonly Line[] {
  const subject = `${driftObject(entry)}${entry.node === null ? "" : ` on ${entry.node}`}`;
  const tellsMore = entry.kind !== "orphaned" && entry.kind !== "unmanaged";
  return paragraph(2, tellsMore ? `${subject}: ${wordsOf(entry)}` : subject, "plain", layout);
}

/** The heading says how it came, so the words need not. */
function wordsOf(entry: DriftReport): string {
  const text = entry.text.replace(
    /; (?:changed outside keel(?:, set back at the next restart)?|takes effect at the next restart)(?= \(|$)/,
    "",
  );
  return `${text}${sinceText(entry)}`;
}

/** ` (since 2026-01-01T00:00:05Z)`. The time is UTC, as in every log that it may be laid beside. */
function sinceText({ since, noticed }: DriftReport): string {
  if (since === null) return "";
  const time = formatTime(Math.floor(since / 1000) * 1000);
  return noticed === "reading" ? ` (seen since ${time})` : ` (since ${time})`;
}

/** All that is not as it was written of one object, a sentence each. */
export function driftLines(drift: readonly DriftReport[], layout: Layout): readonly Line[] {
  if (drift.length === 0) return [];
  const lines = drift.flatMap((entry) => {
    const subject = entry.kind === "unmanaged" ? `${entry.object}: ` : "";
    return paragraph(2, `${subject}${entry.text}${sinceText(entry)}`, "plain", layout);
  });
  return [heading("Not as it was written"), ...lines];
}

/** `vm/web1`; an unmanaged domain has nothing but its name. */
export function driftObject({ kind, object }: DriftReport): string {
  return kind === "unmanaged" ? object : object.replace(/^VM\//, "vm/");
}
