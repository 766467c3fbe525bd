import { eventItem, type EventItem } from "../../reconciler/control/report/event-item.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { span } from "../../tui/view/line.ts";
import { levelTones } from "../../tui/view/states.ts";
import { shownId } from "../output/object-names.ts";
import { text } from "./cells.ts";
import { listing, type View } from "./listing.ts";

export const events = listing<EventItem>({
  word: "event",
  plural: "events",
  noun: "event",
  rows: reportEvents,
  columns: ({ now }) => [
    { title: "AGE", align: "right", cell: (event) => text(formatAge(now - event.at)) },
    { title: "LEVEL", cell: (event) => [span(event.level, levelTones[event.level])] },
    { title: "OBJECT", cell: (event) => text(shownId(event.object)) },
    { title: "CODE", wide: true, cell: (event) => text(event.code) },
    { title: "WRITER", wide: true, cell: (event) => text(event.writer) },
    { title: "EVENT", cell: (event) => text(event.text) },
  ],
});

/** Oldest first, as logs are read. */
export function reportEvents({ report }: View): readonly EventItem[] {
  return report.events.map(eventItem).reverse();
}
