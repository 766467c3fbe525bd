/** What is not as it was asked for: what is blocked, and what was changed by something else. */
import type { BlockedReport, ClusterReport, DriftReport } from "../../../reconciler/model/report.ts";
import { count } from "../../../tui/view/amounts.ts";
import { unicodeGlyphs as glyphs } from "../../../tui/view/glyphs.ts";
import { driftGroups, driftObject } from "../drift-text.ts";
import { shownId } from "../object-names.ts";
import { markup, type Markup, prose } from "./markup.ts";
import { type Column, nothing, place, reasonText, section, signed, tableOf, time } from "./parts.ts";

const rowsMax = 200;

const blockedColumns: readonly Column<BlockedReport>[] = [
  { title: "Object", cell: ({ object }) => signed(glyphs.alert, shownId(object), "bad") },
  { title: "Why, and what helps", cell: ({ reason }) => reasonText(reason), as: "wide" },
  { title: "From", cell: ({ source }) => place(source) },
];

export function blockedSection({ blocked }: ClusterReport): Markup {
  return section(
    "blocked",
    "Blocked",
    blocked.length === 0
      ? nothing("Nothing is blocked.")
      : tableOf(`Asked for and not being done: ${String(blocked.length)}`, blockedColumns, blocked, rowsMax),
  );
}

const driftColumns: readonly Column<DriftReport>[] = [
  { title: "Object", cell: driftObject },
  { title: "Node", cell: ({ node }) => node },
  { title: "What", cell: ({ text }) => prose(text), as: "wide" },
  { title: "Wanted", cell: ({ wanted }) => wanted },
  { title: "Found", cell: ({ live }) => live },
  { title: "Since", cell: since },
];

/** A table for each kind that there is. */
export function driftSection({ drift }: ClusterReport): Markup {
  const tables = driftGroups(drift).map(({ title, entries }) =>
    tableOf([prose(title), `: ${count(entries.length, "thing")}`], driftColumns, entries, rowsMax),
  );
  return section(
    "drift",
    "Drift",
    tables.length === 0 ? nothing("Nothing was changed outside keel.") : tables,
  );
}

function since({ since: at, noticed }: DriftReport) {
  if (at === null) return null;
  return noticed === "reading" ? markup`seen ${time(at)}` : time(at);
}
