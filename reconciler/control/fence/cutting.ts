/** A round over the power devices of a node: how it is begun, taken over, and what its end means. */
import type { FenceOpen, FenceRecord, Incident } from "../../model/fence.ts";
import { type Reason, reason } from "../../model/reasons.ts";
import { common, type Next, type NodeCase, rest, run, write } from "./case.ts";
import { fenceCommandMs } from "./fence-device.ts";
import { backAlive } from "./back.ts";
import { prove } from "./proof.ts";

export type Cutting = Extract<FenceOpen, { readonly phase: "cutting" }>;

/** `why`: the round before it proved nothing; null: it is the first one, or something else has stood in the way. */
export function cut(it: NodeCase, incident: Incident, round: number, why: Reason | null): Next {
  const { node, now, term } = it;
  const record: FenceRecord = {
    ...common(it),
    phase: "cutting",
    incident,
    round,
    at: now,
    term,
    ...(why !== null && { why }),
  };
  return write(record, { level: "warning", reason: reason("node-fencing", { node, round }) });
}

export function whileCutting(it: NodeCase, record: Cutting): Next {
  const { node, now } = it;
  const { incident, round } = record;
  if (record.term !== it.term) return takeOver(it, record);
  const key = `${incident.id}/${round}/${record.term}`;
  const { task } = it;
  if (task?.kind !== "round" || task.key !== key) return run("round", key);
  if (task.outcome === null) return rest();
  // A heartbeat of before, that does not wait for rounds.
  if (it.alive !== null) return backAlive(it, incident);
  if (task.outcome.proven) {
    return prove(it, incident, { by: "bmc", at: now, devices: task.outcome.devices });
  }
  const why = reason("fence-failed", { node, why: task.outcome.why });
  return write(
    { ...common(it), phase: "failed", incident, round, at: now, why },
    { level: "alarm", reason: why },
  );
}

/**
 * The former leader's command may be under way for as long as one may take. Only then a reading tells the truth. Of the
 * leader's own host none is needed: what this leader runs in is not off. So the round ends, and its heartbeat may live.
 */
function takeOver(it: NodeCase, { incident, round, phase, why }: Cutting): Next {
  const leftMs = fenceCommandMs - it.foreignForMs;
  if (leftMs > 0) return rest(leftMs);
  const { node, now, term } = it;
  if (it.isLeadersHost) {
    const own = reason("leaders-host", { node });
    const failed = { ...common(it), phase: "failed", incident, round, at: now, why: own } as const;
    return write(failed, { level: "warning", reason: own });
  }
  return write({ ...common(it), phase, incident, round, at: now, term, ...(why !== undefined && { why }) });
}
