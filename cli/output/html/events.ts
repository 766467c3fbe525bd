import type { ClusterReport, EventReport } from "../../../reconciler/model/report.ts";
import { unicodeGlyphs as glyphs } from "../../../tui/view/glyphs.ts";
import { levelTones } from "../../../tui/view/states.ts";
import { shownId } from "../object-names.ts";
import { type Markup, prose } from "./markup.ts";
import { type Column, nothing, section, signed, tableOf, time } from "./parts.ts";

const rowsMax = 100;

const signs: Readonly<Record<EventReport["level"], string>> = {
  note: glyphs.dot,
  warning: glyphs.alert,
  alarm: glyphs.vm.failed,
};

const columns: readonly Column<EventReport>[] = [
  { title: "Time", cell: ({ at }) => time(at) },
  { title: "Level", cell: ({ level }) => signed(signs[level], level, levelTones[level]) },
  { title: "Object", cell: ({ object }) => shownId(object) },
  { title: "What", cell: ({ text }) => prose(text), as: "wide" },
];

export function eventsSection({ events }: ClusterReport): Markup {
  return section(
    "events",
    "Recent events",
    events.length === 0
      ? nothing("Nothing happened yet.")
      : tableOf("Newest first", columns, events, rowsMax),
  );
}
