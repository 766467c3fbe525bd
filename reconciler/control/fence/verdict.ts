/** Whether a silent node is fenced now, and if not why: asked anew at every look. */
import type { NodeName } from "../../model/names.ts";
import { type Reason, reason } from "../../model/reasons.ts";

export type Verdict =
  /** Its grace runs. `leftMs`: until that ends, if nothing is heard of it. */
  | { readonly is: "suspect"; readonly why: Reason | null; readonly leftMs: number }
  | { readonly is: "lost"; readonly why: Reason }
  /** There is no way to prove anything: a person has to. */
  | { readonly is: "hopeless"; readonly why: Reason }
  | { readonly is: "fence" };

/** What a verdict rests on; the functions cost something, and are called only where it comes to them. */
export interface Evidence {
  readonly node: NodeName;
  /** Milliseconds of its grace that are left; 0 or less: it is over. */
  readonly leftMs: number;
  /** Its heartbeat answers the leader, so it is the way to the store that is cut. */
  readonly answers: boolean;
  readonly inMaintenance: boolean;
  readonly isOnlyNode: boolean;
  readonly isWorthIt: () => boolean;
  readonly isStorm: boolean;
  readonly isLeadersHost: boolean;
  /** Whether the store would go on without what runs on the node; null: not known, or not yet. */
  readonly keepsQuorum: boolean | null;
  /** Another node that is being fenced, or comes first; null: it is this one's turn. */
  readonly busyWith: NodeName | null;
  /**
   * Other nodes that were fenced within the hour, or may be by a round of which nothing is proven yet; those proven; and
   * how many may be. `asked`: this one was left to a person for it before.
   */
  readonly hour: {
    readonly others: number;
    readonly proven: number;
    readonly bound: number;
    readonly asked: boolean;
  };
  /** Why its power devices can prove nothing; null: they can. */
  readonly whyNoProof: () => Reason | null;
}

export function judge(evidence: Evidence): Verdict {
  const { node, leftMs } = evidence;
  if (leftMs > 0) {
    const why = evidence.answers ? reason("store-cut", { node }) : null;
    return { is: "suspect", why, leftMs };
  }
  const why = whyNot(evidence);
  if (why !== null) return { is: "lost", why };
  const noProof = evidence.whyNoProof();
  if (noProof !== null) return { is: "hopeless", why: noProof };
  const { busyWith } = evidence;
  if (busyWith === null) return { is: "fence" };
  return { is: "lost", why: reason("fence-in-turn", { node, other: busyWith }) };
}

function whyNot(evidence: Evidence): Reason | null {
  const { node, hour } = evidence;
  if (evidence.inMaintenance) return reason("lost-in-maintenance", { node });
  if (evidence.isOnlyNode) return reason("only-node", { node });
  if (evidence.isStorm) return reason("fence-storm", { node });
  if (!evidence.isWorthIt()) return reason("nothing-to-recover", { node });
  if (evidence.isLeadersHost) return reason("leaders-host", { node });
  return whyQuorum(node, evidence.keepsQuorum) ?? whyHour(node, hour);
}

/** `keeps`: null: not known. */
export function whyQuorum(node: NodeName, keeps: boolean | null): Reason | null {
  if (keeps === null) return reason("quorum-unknown", { node });
  return keeps ? null : reason("would-lose-quorum", { node });
}

/** What is proven stays so, and is a person's to judge; a round that proves nothing may turn out to be none. */
function whyHour(node: NodeName, { others, proven, bound, asked }: Evidence["hour"]): Reason | null {
  if (asked || proven + 1 > bound) return reason("fence-bound", { node, bound });
  return others + 1 > bound ? reason("fence-bound-for-now", { node, bound }) : null;
}
