import { type Audited, auditEvent } from "../../reconciler/api/audit.ts";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { SharedEventLog } from "../../reconciler/control/shared-event-log.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import type { Context } from "../context.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

export interface AuditOptions {
  readonly feed: ClusterFeed;
  readonly log: Log;
  /** Whose events they are; of several processes, where they are all called so. */
  readonly id: string;
}

/** Writes what was asked for into the cluster's events. Where that fails, the log has it; the answer goes out anyway. */
export async function auditLog(
  context: Context,
  { feed, log, id }: AuditOptions,
): Promise<(audited: Audited) => Promise<void>> {
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const now = (): number => context.clock.now();
  const events = new SharedEventLog({ store, keys, feed, writer: `api-${id}`, now });
  return async (audited) => {
    const event = auditEvent(audited, feed.state.desired.cluster.name);
    log.info("a change was asked for", { by: audited.caller.name, what: event.text });
    try {
      await events.put(event);
    } catch (error) {
      const why = messageOf(error);
      log.error("what was asked for could not be put on record", { what: event.text, why });
    }
  };
}
