import type { IWatchResponse } from "etcd3";
import { unreachable } from "../../model/unreachable.ts";
import { StoreError, type Change, type Revision } from "../store.ts";
import { failureOf } from "./failure.ts";
import { change, modRevision } from "./messages.ts";
import type { StreamMessage } from "./watch-stream.ts";

/** What a message of a stream means for a watch that has told everything up to a revision. */
export type Meaning =
  | { readonly kind: "changes"; readonly revision: Revision; readonly changes: readonly Change[] }
  /** A sign of life; there is nothing up to `revision` that was not told. */
  | { readonly kind: "progress"; readonly revision: Revision }
  | { readonly kind: "created" }
  | { readonly kind: "relist" }
  /** This stream is of no more use; another one may be. */
  | { readonly kind: "failed" }
  /** No other stream would do better. */
  | { readonly kind: "refused"; readonly error: StoreError };

export function meaningOf(message: StreamMessage, position: Revision): Meaning {
  switch (message.kind) {
    case "overflow":
      return { kind: "relist" };
    case "ended":
      return meaningOfEnd(message.cause);
    case "response":
      return meaningOfResponse(message.response, position);
    default:
      return unreachable(message);
  }
}

/** What the end of a stream, or the failure to open one, means. */
export function meaningOfEnd(cause: unknown): Meaning {
  const failure = failureOf(cause);
  if (failure.kind === "refused") return { kind: "refused", error: failure.error };
  const { message } = failure.cause;
  if (!/permission ?denied/i.test(message)) return { kind: "failed" };
  return { kind: "refused", error: new StoreError("denied", message, { cause }) };
}

function meaningOfResponse(response: IWatchResponse, position: Revision): Meaning {
  if (response.canceled) {
    if (response.compact_revision !== "0") return { kind: "relist" };
    return meaningOfEnd(new Error(response.cancel_reason));
  }
  if (response.created) return { kind: "created" };
  // After a reconnection a server may send again what was sent.
  const events = response.events.filter((event) => modRevision(event) > position);
  const last = events.at(-1);
  if (last === undefined) return { kind: "progress", revision: syncedRevision(response, position) };
  return { kind: "changes", revision: modRevision(last), changes: events.map(change) };
}

/**
 * A message without events that names the watch says that all events up to its revision were sent. The answer to a
 * question for progress names none, and some versions of etcd give it before events of earlier revisions.
 */
function syncedRevision(response: IWatchResponse, position: Revision): Revision {
  if (response.events.length > 0 || response.watch_id === "-1") return position;
  return Math.max(position, Number(response.header.revision));
}
