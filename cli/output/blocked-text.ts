/** What is asked for and not being done, with the reason and what to do about it. */
import type { BlockedReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { type Layout, moreLine, namesIn, paragraph, placeOf } from "./layout.ts";
import { shownId } from "./object-names.ts";

/** Of different kinds of trouble not more than these, unless all detail is wanted. */
const shownMax = 5;

/** Objects that are blocked for the very same reason share an entry. */
export function blockedLines(blocked: readonly BlockedReport[], layout: Layout): readonly Line[] {
  const groups = [
    ...Map.groupBy(blocked, (entry) => (layout.detail ? entry.object : entry.reason.text)).values(),
  ];
  const shown = layout.detail ? groups : groups.slice(0, shownMax);
  const more = groups.slice(shown.length).flat().length;
  const lines = shown.flatMap((group) => groupLines(group, layout));
  return [...lines, ...moreLine(more, "`--detail` shows all", layout)];
}

function groupLines(group: readonly BlockedReport[], layout: Layout): readonly Line[] {
  const [first] = group;
  if (first === undefined) return [];
  const names = namesIn(
    group.map(({ object }) => shownId(object)),
    layout.cells - 16,
    layout.glyphs,
  );
  const head: Line = [span("! blocked  ", "warn"), span(names, "title")];
  const place = first.source === null ? "" : `${placeOf(first.source, layout)}: `;
  return [
    head,
    ...paragraph(4, place + first.reason.text, "plain", layout),
    ...(first.reason.advice === null ? [] : paragraph(4, first.reason.advice, "muted", layout)),
  ];
}
