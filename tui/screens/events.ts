import type { EventReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter } from "../filter.ts";
import { formatMoment, formatTime, isSameDay } from "../view/amounts.ts";
import { layOut, widest, type Column } from "../view/columns.ts";
import { listTitle } from "../view/counts.ts";
import type { Glyphs } from "../view/glyphs.ts";
import { blank, joinLines, span, type Line } from "../view/line.ts";
import { markerCells, type Canvas, type Panel } from "../view/panel.ts";
import { levelTones } from "../view/states.ts";

export function eventsPanel(events: readonly EventReport[], filter: string, canvas: Canvas): Panel {
  const wanted = parseFilter(filter);
  const shown = events.filter((event) =>
    matches(wanted, `${event.object} ${event.level} ${event.code} ${event.text}`),
  );
  const table = layOut(eventColumns(shown, canvas.glyphs), canvas.cells - markerCells, canvas.glyphs);
  return {
    title: listTitle("events", { shown: shown.length, all: events.length }, filter),
    aside: levelCounts(events),
    headings: table.headings,
    keys: shown.map((event) => `${event.object}#${String(event.at)}/${event.writer}/${event.code}`),
    scrolls: "list",
    lineAt: (index, now) => {
      const event = shown[index];
      return event === undefined ? blank : table.lineOf(event, now);
    },
    empty: events.length === 0 ? ["Nothing has happened yet."] : ["No event matches the filter."],
  };
}

function eventColumns(events: readonly EventReport[], glyphs: Glyphs): readonly Column<EventReport>[] {
  const left = { grows: false, align: "left" as const };
  const objects = widest(
    events.map((event) => event.object),
    6,
    24,
  );
  const timeCells = spansDays(events) ? 11 : 8;
  const codes = widest(
    events.map((event) => event.code),
    4,
    20,
  );
  return [
    {
      ...left,
      title: "TIME",
      cells: timeCells,
      drop: 3,
      cell: (event, now) => [span(eventTime(event.at, now), "muted")],
    },
    { ...left, title: "LEVEL", cells: 9, drop: 2, cell: (event) => [levelSpan(event, glyphs)] },
    { ...left, title: "OBJECT", cells: objects, drop: 0, cell: (event) => [span(event.object, "title")] },
    { ...left, title: "WHAT", cells: codes, drop: 4, cell: (event) => [span(event.code)] },
    { title: "", cells: 40, grows: true, align: "left", drop: 0, cell: (event) => [span(event.text)] },
  ];
}

/** Events of one day need no date. */
function spansDays(events: readonly EventReport[]): boolean {
  return (events[0]?.at ?? 0) - (events.at(-1)?.at ?? 0) > 12 * 3_600_000;
}

function eventTime(at: number, now: number): string {
  return isSameDay(at, now) ? formatTime(at) : formatMoment(at, now);
}

function levelSpan(event: EventReport, glyphs: Glyphs) {
  const sign = event.level === "note" ? glyphs.dot : glyphs.alert;
  return span(`${sign} ${event.level}`, levelTones[event.level]);
}

function levelCounts(events: readonly EventReport[]): Line {
  const parts = (["alarm", "warning"] as const).flatMap((level) => {
    const number = events.filter((event) => event.level === level).length;
    return number === 0 ? [] : [[span(`${String(number)} ${level}`, levelTones[level])]];
  });
  return joinLines(parts, span("  "));
}
