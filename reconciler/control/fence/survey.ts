/** The whole cluster, as far as the fencing of one node depends on it. */
import type { Cluster } from "../../model/desired.ts";
import type { FenceRecord } from "../../model/fence.ts";
import { byName, type NodeName } from "../../model/names.ts";
import type { NodeFacts } from "../../plan/node-facts.ts";
import { isStorm } from "./storm.ts";
import type { Watch } from "./watch.ts";

export interface Survey {
  readonly isOnlyNode: boolean;
  readonly isStorm: boolean;
  /** Nodes that were fenced within the hour, or are being, other than by a person's word, and how many may be. */
  readonly fencedInHour: ReadonlySet<NodeName>;
  readonly bound: number;
  /** A round runs on it; null: on none. */
  readonly cutting: NodeName | null;
}

const hourMs = 3_600_000;

export function survey(nodes: readonly NodeFacts[], { fencing }: Cluster, now: number): Survey {
  const seen = nodes.filter((node) => node.document !== null && node.health !== "unseen");
  const expected = nodes.filter(isExpected);
  const presences = expected.map((node) => ({ silentSince: silentSince(node, now) }));
  const isRecent = (at: number) => at > now - hourMs;
  const fenced = nodes.filter(
    ({ fence }) =>
      fence !== null && ((fence.cuts ?? fence.history).some(isRecent) || isRecent(cutSince(fence) ?? 0)),
  );
  return {
    isOnlyNode: seen.length < 2,
    isStorm: isStorm(presences, fencing.graceMs),
    fencedInHour: new Set(fenced.map(({ name }) => name)),
    bound: Math.floor(seen.length / 2),
    cutting: nodes.find(({ fence }) => fence?.phase === "cutting")?.name ?? null,
  };
}

/** Epoch milliseconds; null: nothing was done to it, or it is over. It may be off though nothing proves it. */
function cutSince(fence: FenceRecord): number | null {
  switch (fence.phase) {
    case "cutting":
      return fence.incident.since;
    case "failed":
      return fence.round > 0 ? fence.incident.since : null;
    case "suspect":
    case "lost":
    case "proven":
    case "recovering":
    case "done":
    case "closed":
      return null;
  }
}

/** One that is to be empty, or to go, counts as long as guests were last seen on it. */
function isExpected({ document, health, observed }: NodeFacts): boolean {
  if (health === "unseen" || health === "dead") return false;
  if (document !== null && document.state !== "flushed") return true;
  return [...(observed?.domains.values() ?? [])].some(({ state }) => state !== "off");
}

/** Epoch milliseconds; null: it lives. */
function silentSince({ observed, fence }: NodeFacts, now: number): number | null {
  if (observed?.alive != null) return null;
  return fence !== null && "incident" in fence ? fence.incident.since : now;
}

/** In the order in which they are dealt with: who has been silent for longest first. */
export function inTurn(nodes: readonly NodeFacts[], watch: Watch): readonly NodeFacts[] {
  const since = ({ name }: NodeFacts) => watch.get(name)?.since ?? Number.POSITIVE_INFINITY;
  return [...nodes].sort((a, b) => compare(since(a), since(b)) || byName(a.name, b.name));
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
