/** From the proof on: the recovery, power on again, and the way back into service. */
import {
  type FenceProven,
  hasLivedSince,
  isFencedTooOften,
  isSameBoot,
  type Quarantine,
  whoProved,
} from "../../model/fence.ts";
import { reason } from "../../model/reasons.ts";
import { soonest } from "../../model/soonest.ts";
import type { StoredRequest } from "../cluster-state.ts";
import { change, closed, type Next, type NodeCase, rest, run, type Told, write } from "./case.ts";
import { backOffMs } from "./back-off.ts";
import { outcomeInWords } from "./outcome.ts";
import { isYetToRelease, release } from "./release.ts";
import { suspect } from "./silence.ts";

export function afterProof(it: NodeCase, proven: FenceProven): Next {
  if (it.alive !== null) return comesBack(it, proven);
  // It came and went unseen: what was proven of it is of the past, and once it is back somebody has to take it in.
  if (hasLivedSince(proven.incident, it.seen)) return suspect(it, quarantineOf(proven));
  if (it.confirmed !== null) return change(it, proven, {}, null, [it.confirmed]);
  if (it.replaced !== null) return replace(it, proven, it.replaced);
  if (proven.phase === "proven") return change(it, proven, { phase: "recovering" });
  const freeing = release(it, proven);
  if (freeing.write !== null) return freeing;
  // What is to be done besides is looked at in a turn of its own.
  if (freeing.run !== null) return { ...freeing, wakeInMs: 0 };
  const next = proven.phase === "done" ? whenDone(it, proven) : whileRecovering(it, proven);
  return { ...next, wakeInMs: soonest(freeing.wakeInMs, next.wakeInMs) };
}

function whileRecovering(it: NodeCase, proven: FenceProven): Next {
  if (isYetToRelease(proven) || !it.isRecovered()) return rest();
  return change(it, proven, { phase: "done" }, recovered(it));
}

function whenDone(it: NodeCase, proven: FenceProven): Next {
  return proven.powerOn === "wanted" ? powerOn(it, proven) : rest();
}

function recovered({ node, outcomes }: NodeCase): Told {
  return { level: "note", reason: reason("node-recovered", { node, outcome: outcomeInWords(outcomes()) }) };
}

/** A word about another machine than the dead one is void. */
function replace(it: NodeCase, proven: FenceProven, request: StoredRequest): Next {
  const { node } = it;
  const { machineId } = proven.incident;
  const isMeant = request.kind === "replace" && request.machineId === machineId;
  if (!isMeant) return change(it, proven, {}, null, [request]);
  const told: Told = { level: "note", reason: reason("node-replaced", { node, by: request.by }) };
  return change(it, proven, { replaced: request.machineId, powerOn: "no" }, told, [request]);
}

/** So often it is tried, within a quarter of an hour: who repairs its power then switches it on as well. */
const powerOnTriesMax = 8;

function powerOn(it: NodeCase, proven: FenceProven): Next {
  if (it.powersOn === "never") return change(it, proven, { powerOn: "no" });
  if (it.powersOn === "not-now") return rest();
  const { node, task } = it;
  const { powerOnTries: tries = 0 } = proven;
  const before = `${proven.incident.id}/on/${tries - 1}`;
  const key = `${proven.incident.id}/on/${tries}`;
  if (task?.kind === "power-on" && task.key === before) {
    const dueInMs = task.endedAt + backOffMs(tries) - it.monotonic;
    return dueInMs > 0 ? rest(dueInMs) : run("power-on", key);
  }
  if (task?.kind !== "power-on" || task.key !== key) return run("power-on", key);
  if (task.failure === undefined) return rest();
  if (task.failure === null) return change(it, proven, { powerOn: "on" });
  const powerOnTries = tries + 1;
  const isLast = powerOnTries === powerOnTriesMax;
  if (tries > 0 && !isLast) return change(it, proven, { powerOnTries });
  const why = reason(isLast ? "power-on-failed" : "power-on-again", { node, why: task.failure });
  const told: Told = { level: isLast ? "alarm" : "warning", reason: why };
  return change(it, proven, { powerOnTries, ...(isLast && { powerOn: "failed" }) }, told);
}

/** From now on its agent tells what runs there. It is used again once somebody says so. */
function comesBack(it: NodeCase, proven: FenceProven): Next {
  const { node, alive, confirmed } = it;
  const by = whoProved(proven.proof);
  const told: Told = isSameBoot(proven.incident, alive)
    ? { level: "alarm", reason: reason("was-not-dead", { node, by }) }
    : { level: "note", reason: reason("node-quarantined", { node }) };
  return write(closed(it, quarantineOf(proven)), told, confirmed === null ? [] : [confirmed]);
}

function quarantineOf({ incident, proof }: FenceProven): Quarantine {
  return { incident, proof };
}

/**
 * It may be used again once a person says so, or after its time; until then it takes and starts nothing. One that was not
 * dead is first rid of what was started elsewhere: what is said of its return before waits for that.
 */
export function inQuarantine(it: NodeCase): Next {
  const { node, record, alive, acknowledged, returnsAfterMs } = it;
  const proven = record?.quarantine ?? null;
  if (proven !== null && isSameBoot(proven.incident, alive) && !it.isCleared()) return rest();
  if (acknowledged?.kind === "acknowledge" && acknowledged.incident === proven?.incident.id) {
    const told: Told = {
      level: "note",
      reason: reason("node-acknowledged", { node, by: acknowledged.by }),
    };
    return write(closed(it, null), told, [acknowledged]);
  }
  if (returnsAfterMs === null || (record !== null && isFencedTooOften(record))) return rest();
  const leftMs = returnsAfterMs - it.aliveForMs;
  if (leftMs > 0) return rest(leftMs);
  return write(closed(it, null), { level: "note", reason: reason("node-returned", { node }) });
}
