import { Connection, type ConnectionOptions } from "./connection/connection.ts";
import { type DomainEvent, eventProcedures, type EventKind } from "./protocol/events.ts";

/** lost and regained: what happened in between was not heard. */
export type StreamEvent =
  DomainEvent | { readonly kind: "connected" } | { readonly kind: "disconnected"; readonly error: unknown };

export interface EventStreamOptions extends ConnectionOptions {
  readonly kinds: readonly EventKind[];
  /** Between two tries to connect. */
  readonly retryMs?: number;
}

const retryMs = 500;

/**
 * Events of all domains, over a connection of their own that is opened again whenever it ends, until the returned
 * function is called. `connected` is told once all kinds are registered, `disconnected` once for each connection that
 * was lost or could not be opened.
 */
export function openEventStream(
  options: EventStreamOptions,
  listener: (event: StreamEvent) => void,
): () => void {
  const ended = new AbortController();
  let cancelRetry: () => void = () => undefined;
  const tell = (event: StreamEvent) => {
    if (!ended.signal.aborted) listener(event);
  };
  const run = async (): Promise<void> => {
    const error = await follow(options, tell, ended.signal);
    if (ended.signal.aborted) return;
    tell({ kind: "disconnected", error });
    cancelRetry = options.clock.timer(options.retryMs ?? retryMs, () => void run());
  };
  void run();
  return () => {
    ended.abort(new Error("the event stream was closed by its user"));
    cancelRetry();
  };
}

/** Follows one connection to its end, and says why it ended. */
async function follow(
  options: EventStreamOptions,
  tell: (event: StreamEvent) => void,
  ended: AbortSignal,
): Promise<unknown> {
  let connection: Connection | null = null;
  try {
    connection = await Connection.open(options, tell, ended);
    for (const kind of options.kinds) {
      await connection.call(eventProcedures.domainEventRegister, { kind, domain: null }, { signal: ended });
    }
    tell({ kind: "connected" });
    return await untilAborted([connection.closed, ended]);
  } catch (error) {
    return error;
  } finally {
    await connection?.close();
  }
}

function untilAborted(signals: readonly AbortSignal[]): Promise<unknown> {
  const any = AbortSignal.any([...signals]);
  return new Promise((resolve) => {
    if (any.aborted) resolve(any.reason);
    else any.addEventListener("abort", () => resolve(any.reason), { once: true });
  });
}
