/** What happened: as a list, and as it happens. */
import Type from "typebox";
import { KeelError } from "../../model/errors.ts";
import { parsePosition } from "../event-stream.ts";
import type { ClusterReads, Item } from "../ports.ts";
import { type Route, route } from "../route.ts";
import { listAnswer, listed } from "./reads.ts";

export const streamType = "text/event-stream";

export function eventRoutes(reads: ClusterReads): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/v1/event",
      id: "listEvents",
      tag: "event",
      summary: "What happened, oldest first, as far as it is kept.",
      role: "viewer",
      params: {},
      query: {
        object: Type.Optional(
          Type.String({
            pattern: "^(VM|Node|Cluster|Profile|Network|StoragePool)/[a-z0-9-]{1,63}$",
            description: "Only what is about this.",
            examples: ["VM/web1"],
          }),
        ),
      },
      body: null,
      answers: { 200: listed("Event", "As `keel events -o json`.") },
      errors: ["store-unreachable"],
      handle: async ({ query: { object } }) => {
        const look = reads.look();
        const isWanted = (item: Item) => object === undefined || ("object" in item && item.object === object);
        return listAnswer(look.items("events").filter(isWanted), look);
      },
    }),
    route({
      method: "GET",
      path: "/api/v1/event/stream",
      id: "followEvents",
      tag: "event",
      summary: "What happens from now on, or since `Last-Event-ID`, as server-sent events.",
      description:
        "`event: event` carries an event as JSON, with an id to go on from. `event: resync` says that something may be missing: look at everything anew. A comment comes every 15 s.",
      role: "viewer",
      headers: { "Last-Event-ID": "The id of the last event that was read." },
      params: {},
      query: {},
      body: null,
      answers: { 200: { description: "Events, without an end.", schema: null, type: streamType } },
      errors: ["store-unreachable", "overloaded"],
      handle: async ({ lastEventId }) => {
        const after = lastEventId === null ? null : parsePosition(lastEventId);
        if (lastEventId !== null && after === null)
          throw new KeelError("request-invalid", { problem: "Last-Event-ID is an id as it was sent." });
        return { status: 200, type: streamType, body: reads.follow(after) };
      },
    }),
  ];
}
