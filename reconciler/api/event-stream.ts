/**
 * The events of a cluster as server-sent events, from wherever somebody left off. The id of each is the revision that
 * wrote it, and its place within that; `Last-Event-ID` goes on behind it. Where some of what came since is no longer kept,
 * or the store is another one, `resync` says so first: look at everything anew.
 */
import { eventItem } from "../control/report/event-item.ts";
import { jsonLineOf } from "../control/report/json.ts";
import type { EventReport } from "../model/report.ts";
import { decode } from "../store/codec.ts";
import type { KeyValue, Revision } from "../store/store.ts";
import { eventsKept } from "../control/event-log.ts";

/** Where in the store's order an event is. */
export interface Position {
  readonly revision: Revision;
  /** Among the events that the same revision wrote, by key. */
  readonly index: number;
}

export interface Numbered {
  readonly at: Position;
  readonly event: EventReport;
}

export function positionText({ revision, index }: Position): string {
  return index === 0 ? String(revision) : `${revision}.${index}`;
}

/** null: it is none. */
export function parsePosition(text: string): Position | null {
  const [, revision = "", index = "0"] = /^(\d{1,16})(?:\.(\d{1,4}))?$/.exec(text.trim()) ?? [];
  return revision === "" ? null : { revision: Number(revision), index: Number(index) };
}

/** Records of events in the order in which they were written. */
export function numbered(items: readonly KeyValue[]): readonly Numbered[] {
  const byRevision = Map.groupBy(items, ({ modRevision }) => modRevision);
  return [...byRevision]
    .sort(([a], [b]) => a - b)
    .flatMap(([revision, all]) =>
      all
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .map((item, index) => ({ at: { revision, index }, event: decode<EventReport>(item) })),
    );
}

export function isAfter(a: Position, b: Position): boolean {
  return a.revision === b.revision ? a.index > b.index : a.revision > b.revision;
}

/**
 * Whether something may be missing between what was read last and what is kept: a writer whose ring is full has written
 * over what came before the oldest of it; and a store whose revision is lower is not the one that was read.
 */
export function hasGap(kept: readonly Numbered[], since: Position, now: Revision): boolean {
  if (since.revision > now) return true;
  const byWriter = Map.groupBy(kept, ({ event }) => event.writer);
  return [...byWriter.values()].some(
    (all) => all.length >= eventsKept && all.every(({ at }) => isAfter(at, since)),
  );
}

export function eventMessage({ at, event }: Numbered): string {
  return `id: ${positionText(at)}\nevent: event\ndata: ${jsonLineOf(eventItem(event))}\n\n`;
}

/** `at`: where what follows begins. */
export function resyncMessage(at: Revision): string {
  return `id: ${at}\nevent: resync\ndata: {}\n\n`;
}

/** A comment: keeps connections open, and tells that nobody is gone. */
export const beat = ": still here\n\n";
