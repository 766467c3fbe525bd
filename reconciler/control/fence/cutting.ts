/** A round over the power devices of a node: how it is begun, read to its end by another leader, and what its end means. */
import type { FenceOpen, FenceRecord, Incident } from "../../model/fence.ts";
import { type Reason, reason } from "../../model/reasons.ts";
import { common, type Next, type NodeCase, rest, run, write } from "./case.ts";
import { fenceCommandMs } from "./fence-device.ts";
import { backAlive } from "./back.ts";
import type { RoundOutcome } from "./round.ts";
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
  const isOwn = record.term === it.term;
  const leftMs = isOwn ? 0 : fenceCommandMs - it.foreignForMs;
  if (leftMs > 0) return rest(leftMs);
  // What this leader runs in is not off, so that nothing is to be read.
  if (!isOwn && it.isLeadersHost)
    return fail(it, record, reason("leaders-host", { node: it.node }), "warning");
  const kind = isOwn ? "round" : "reading";
  // Of this very record: a round that was refused goes by the same number when it is begun again.
  const key = `${record.incident.id}/${record.round}/${it.record?.revision ?? 0}`;
  const { task } = it;
  if (task?.kind !== kind || task.key !== key) return run(kind, key);
  return task.outcome === null ? rest() : ended(it, record, task.outcome, kind);
}

/**
 * The former leader's command may be under way for as long as one may take; only then a reading tells the truth. Its
 * successor reads, and switches nothing: much may be otherwise by now, and the next round asks about it all.
 */
function ended(it: NodeCase, record: Cutting, outcome: RoundOutcome, kind: "round" | "reading"): Next {
  const { node, now, alive } = it;
  // A heartbeat of before, that does not wait for rounds.
  if (alive !== null) return backAlive(it, record.incident);
  if (!outcome.proven && "refused" in outcome) return withdraw(it, record, outcome.refused);
  if (outcome.proven) return prove(it, record.incident, { by: "bmc", at: now, devices: outcome.devices });
  if (kind === "round") return fail(it, record, reason("fence-failed", { node, why: outcome.why }), "alarm");
  return fail(it, record, reason("fence-left", { node, why: outcome.why }), "warning");
}

/** Nothing was switched, so that it counts as no round. */
function withdraw(it: NodeCase, { incident, round }: Cutting, why: Reason): Next {
  const told = { level: "warning", reason: why } as const;
  const shared = { ...common(it), incident, why };
  if (round === 1) return write({ ...shared, phase: "lost" }, told);
  return write({ ...shared, phase: "failed", round: round - 1, at: it.now }, told);
}

function fail(it: NodeCase, { incident, round }: Cutting, why: Reason, level: "warning" | "alarm"): Next {
  const failed = { ...common(it), phase: "failed", incident, round, at: it.now, why } as const;
  return write(failed, { level, reason: why });
}
