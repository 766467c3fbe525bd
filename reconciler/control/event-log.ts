/** The events of one writer: a ring of keys, so that the log is bounded without anybody cleaning up. */
import type { ObjectId } from "../model/names.ts";
import type { EventReport } from "../model/report.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Operation } from "../store/store.ts";

/** Events kept of each writer. */
export const eventsKept = 500;

export interface NewEvent {
  readonly object: ObjectId;
  readonly level: EventReport["level"];
  readonly code: string;
  readonly text: string;
}

export class EventLog {
  readonly #keys: ClusterKeys;
  readonly #writer: string;
  readonly #now: () => number;
  #next: number;

  /** `next`: where the ring goes on, one after the newest event that the writer left behind. */
  constructor(keys: ClusterKeys, writer: string, now: () => number, next: number) {
    this.#keys = keys;
    this.#writer = writer;
    this.#now = now;
    this.#next = next;
  }

  /** The operation that writes it, to go into the transaction of what it tells of. */
  put(event: NewEvent): Operation {
    const record: EventReport = { ...event, at: this.#now(), writer: this.#writer, number: this.#next };
    this.#next += 1;
    return { put: eventKey(this.#keys, record), value: encode(record) };
  }
}

/** An event's place in its writer's ring. */
export function eventKey(
  keys: ClusterKeys,
  { writer, number }: Pick<EventReport, "writer" | "number">,
): string {
  return keys.event(writer, String(number % eventsKept).padStart(4, "0"));
}

/** Where a writer's ring goes on after a restart. */
export function nextEvent(events: Iterable<EventReport>, writer: string): number {
  let next = 0;
  for (const event of events) {
    if (event.writer === writer) next = Math.max(next, event.number + 1);
  }
  return next;
}
