/** An event for each change that somebody asked for, done or refused: who, what, how it ended. Never what was sent. */
import type { ErrorCode } from "../model/errors.ts";
import { type Kind, objectId, type ObjectId } from "../model/names.ts";
import type { NewEvent } from "../control/event-log.ts";
import type { Caller } from "./caller.ts";
import type { Route } from "./route.ts";

export interface Audited {
  readonly caller: Caller;
  readonly route: Pick<Route, "id" | "path">;
  /** As they came in the path; of a request that was refused they may be anything. */
  readonly params: unknown;
  /** null: it was done. */
  readonly refused: ErrorCode | "defect" | null;
}

/** `cluster`: what is changed where the path names nothing. */
export function auditEvent({ caller, route, params, refused }: Audited, cluster: string): NewEvent {
  const object = objectIn(params) ?? objectId("Cluster", cluster);
  const what = `${caller.name} (${caller.role}): ${route.id}`;
  return refused === null
    ? { object, level: "note", code: "api-change", text: what }
    : { object, level: "note", code: "api-refused", text: `${what} was refused: ${refused}` };
}

const words: Readonly<Record<string, Kind>> = { vm: "VM", node: "Node" };
const legalName = /^[a-z][a-z0-9-]{0,62}$/;

function objectIn(params: unknown): ObjectId | null {
  if (typeof params !== "object" || params === null) return null;
  for (const [word, name] of Object.entries(params)) {
    const kind = words[word];
    if (kind !== undefined && typeof name === "string" && legalName.test(name)) return objectId(kind, name);
  }
  return null;
}
