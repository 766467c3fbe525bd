/** A node without a lease, up to its first round and between two of them. */
import {
  type FenceOpen,
  type FenceRecord,
  hasLivedSince,
  type Incident,
  incidentId,
} from "../../model/fence.ts";
import { type ReasonCode, reason } from "../../model/reasons.ts";
import type { StoredRequest } from "../cluster-state.ts";
import { backOffMs } from "./back-off.ts";
import { voidWord } from "./back.ts";
import { askingMs, common, type Next, type NodeCase, rest, write } from "./case.ts";
import { cut, type Cutting } from "./cutting.ts";
import { prove } from "./proof.ts";
import type { Verdict } from "./verdict.ts";

type Silent = Exclude<FenceOpen, Cutting>;

export function whileSilent(it: NodeCase, record: Silent | null): Next {
  // It may have lived and fallen silent again without this leader's seeing it: that is another incident.
  if (record === null || hasLivedSince(record.incident, it.seen)) return suspect(it);
  if (it.confirmed !== null) return confirm(it, record.incident, it.confirmed);
  const verdict = it.verdict();
  if (record.phase === "failed" && record.round > 0) return tryAgain(it, record, verdict);
  return verdict.is === "fence" ? cut(it, record.incident, 1, null) : show(it, record, verdict);
}

/** A new incident. `quarantine`: what it was in, or is to be in once it is back. */
export function suspect(it: NodeCase, quarantine = common(it).quarantine): Next {
  const { seen, lastBoot, now } = it;
  const incident: Incident = {
    id: incidentId(seen),
    machineId: seen?.machineId ?? null,
    bootId: seen?.bootId ?? lastBoot,
    since: now,
  };
  return write({ ...common(it), quarantine, phase: "suspect", why: null, incident });
}

/**
 * A person's word counts for the incident that it names; given for another one it is void, and so it is while the node
 * answers: then it lives, and only its way to the store is cut.
 */
function confirm(it: NodeCase, incident: Incident, request: StoredRequest): Next {
  const { node, record, now, answers } = it;
  if (answers === null) return rest(askingMs);
  const isMeant = request.kind === "confirm-dead" && request.incident === incident.id;
  if (!isMeant || answers || request.expiresAt <= now) return write(record, voidWord(node), [request]);
  return prove(it, incident, { by: "human", at: now, who: request.by }, [request]);
}

/** What a round ends with where nothing else stands in the way. */
const provedNothing: ReadonlySet<ReasonCode> = new Set(["fence-failed", "fence-left"]);

type Failed = Extract<Silent, { readonly phase: "failed" }>;

function tryAgain(it: NodeCase, record: Failed, verdict: Verdict): Next {
  const { incident, round, why } = record;
  if (verdict.is === "suspect") return rest(verdict.leftMs);
  if (verdict.is !== "fence") {
    const isKnown = verdict.why.code === why.code || verdict.why.code === "fence-in-turn";
    if (isKnown) return rest();
    const told = { level: "warning", reason: verdict.why } as const;
    return write({ ...common(it), ...record, ...asking(record, verdict), why: verdict.why }, told);
  }
  const dueInMs = endOfRound(it.task) + backOffMs(round) - it.monotonic;
  if (dueInMs > 0) return rest(dueInMs);
  return cut(it, incident, round + 1, provedNothing.has(why.code) ? why : null);
}

/** By this leader's monotonic clock. A round of a former leader, that it has not read, ended before its grace began. */
function endOfRound(task: NodeCase["task"]): number {
  const isIt = task?.kind === "round" || task?.kind === "reading";
  return isIt && task.outcome !== null ? task.endedAt : Number.NEGATIVE_INFINITY;
}

/** What people see of it: that its grace runs, or that it is lost, and why nothing is done. */
function show(it: NodeCase, record: Silent, verdict: Exclude<Verdict, { readonly is: "fence" }>): Next {
  const { node, now } = it;
  const { incident } = record;
  const wakeInMs = verdict.is === "suspect" ? verdict.leftMs : null;
  // Without a way to prove anything the round over all methods has ended before it began.
  const shared = { ...common(it), incident, ...asking(record, verdict) };
  const next: FenceRecord =
    verdict.is === "hopeless"
      ? { ...shared, phase: "failed", round: 0, at: now, why: verdict.why }
      : { ...shared, phase: verdict.is, why: verdict.why };
  if (next.phase === record.phase && next.why?.code === record.why?.code) return rest(wakeInMs);
  const isAlarm = verdict.is === "hopeless" || verdict.why?.code === "store-cut";
  const told = {
    level: isAlarm ? ("alarm" as const) : ("warning" as const),
    reason: verdict.why ?? reason("node-suspect", { node }),
  };
  return { ...write(next, told), wakeInMs };
}

/** Once it was left to a person it is theirs, whatever is said of it later. */
function asking(
  { asked }: Silent,
  { why }: Exclude<Verdict, { readonly is: "fence" }>,
): Pick<Silent, "asked"> {
  return asked === true || why?.code === "fence-bound" ? { asked: true } : {};
}
