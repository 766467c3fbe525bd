import type { EventReport } from "../../model/report.ts";

/** An event as programs read it. */
export interface EventItem extends EventReport {
  readonly kind: "Event";
  /** The writer and the number of the event among its own. */
  readonly name: string;
}

export function eventItem(event: EventReport): EventItem {
  const { at, writer, number, object, level, code, text: words } = event;
  return { kind: "Event", name: `${writer}/${number}`, at, writer, number, object, level, code, text: words };
}
