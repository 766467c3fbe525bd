/** What is not as it was written: by kind, each with what becomes of it. */
import type { DriftReport } from "../../reconciler/model/report.ts";
import type { Line } from "../../tui/view/line.ts";
import { heading, type Layout, moreLine, paragraph } from "./layout.ts";

type DriftKind = DriftReport["kind"];

const blocks: readonly (readonly [DriftKind, string])[] = [
  ["drift", "Changed outside keel since the last apply; `keel apply` sets it back"],
  ["pending", "Takes effect at the next restart"],
  ["state", "Not as wanted, and left as it is"],
  ["orphaned", "Orphaned: in no document any more, left as they are"],
  ["unmanaged", "Not of this cluster, never touched"],
];

/** Of each kind not more than these, unless all detail is wanted. */
const shownMax = 4;

/** A block of lines for each kind that there is. */
export function driftBlocks(drift: readonly DriftReport[], layout: Layout): readonly (readonly Line[])[] {
  return blocks.flatMap(([kind, title]) => {
    const entries = drift.filter((entry) => entry.kind === kind);
    if (entries.length === 0) return [];
    const shown = layout.detail ? entries : entries.slice(0, shownMax);
    const lines = shown.flatMap((entry) => entryLines(entry, layout));
    return [
      [
        heading(title),
        ...lines,
        ...moreLine(entries.length - shown.length, "`keel drift` lists them", layout),
      ],
    ];
  });
}

function entryLines(entry: DriftReport, layout: Layout): readonly Line[] {
  const subject = `${driftObject(entry)}${entry.node === null ? "" : ` on ${entry.node}`}`;
  const tellsMore = entry.kind !== "orphaned" && entry.kind !== "unmanaged";
  return paragraph(2, tellsMore ? `${subject}: ${wordsOf(entry)}` : subject, "plain", layout);
}

/** The heading says how it came, so the words need not. */
function wordsOf({ text }: DriftReport): string {
  return text.replace(/; (?:changed outside keel|takes effect at the next restart)$/, "");
}

/** `vm/web1`; an unmanaged domain has nothing but its name. */
export function driftObject({ kind, object }: DriftReport): string {
  return kind === "unmanaged" ? object : object.replace(/^VM\//, "vm/");
}
