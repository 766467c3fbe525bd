import { type Audited, auditEvent } from "../../reconciler/api/audit.ts";
import { EventLog, nextEvent } from "../../reconciler/control/event-log.ts";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import type { Context } from "../context.ts";

export interface AuditOptions {
  readonly feed: ClusterFeed;
  readonly log: Log;
  /** Whose events they are. */
  readonly id: string;
}

/** Writes what was asked for into the cluster's events. Where that fails, the log has it; the answer goes out anyway. */
export function auditLog(
  context: Context,
  { feed, log, id }: AuditOptions,
): (audited: Audited) => Promise<void> {
  const writer = `api-${id}`;
  let events: EventLog | null = null;
  return async (audited) => {
    const event = auditEvent(audited, feed.state.desired.cluster.name);
    log.info("a change was asked for", { by: audited.caller.name, what: event.text });
    try {
      const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
      events ??= new EventLog(
        keys,
        writer,
        () => context.clock.now(),
        nextEvent(feed.state.events.values(), writer),
      );
      await store.transact({ compare: [], then: [events.put(event)] });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error("what was asked for could not be put on record", { what: event.text, why });
    }
  };
}
