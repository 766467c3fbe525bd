/** The whole cluster, as far as the fencing of one node depends on it. */
import type { Cluster } from "../../model/desired.ts";
import type { FenceRecord } from "../../model/fence.ts";
import { byName, type NodeName } from "../../model/names.ts";
import type { NodeFacts } from "../../plan/node-facts.ts";
import type { Past } from "./past.ts";
import { isStorm } from "./storm.ts";
import type { Watch } from "./watch.ts";

export interface Survey {
  readonly isOnlyNode: boolean;
  readonly isStorm: boolean;
  /** Nodes that were fenced within the hour, or are being, other than by a person's word, and how many may be. */
  readonly fencedInHour: ReadonlySet<NodeName>;
  /** Those of them that were proven off: they stay so, whatever becomes of the others. */
  readonly provenInHour: ReadonlySet<NodeName>;
  readonly bound: number;
  /** A round runs on it; null: on none. */
  readonly cutting: NodeName | null;
}

const hourMs = 3_600_000;

export function survey(nodes: readonly NodeFacts[], { fencing }: Cluster, past: Past): Survey {
  const seen = countedNodes(nodes);
  const expected = nodes.filter(isExpected);
  const presences = expected.map((node) => ({ silentSince: silentSince(node, fencing.graceMs, past) }));
  const isRecent = (at: number) => past.momentOf(at) > past.now() - hourMs;
  const fenced = nodes.filter(({ fence }) => fence !== null && cutsOf(fence).some(isRecent));
  const proven = nodes.filter(({ fence }) => fence !== null && provenCutsOf(fence).some(isRecent));
  return {
    isOnlyNode: isOnlyNode(nodes),
    isStorm: isStorm(presences, fencing.graceMs),
    fencedInHour: new Set(fenced.map(({ name }) => name)),
    provenInHour: new Set(proven.map(({ name }) => name)),
    bound: Math.floor(seen.length / 2),
    cutting: nodes.find(({ fence }) => fence?.phase === "cutting")?.name ?? null,
  };
}

/** Nothing could take over. */
export function isOnlyNode(nodes: readonly NodeFacts[]): boolean {
  return countedNodes(nodes).length < 2;
}

function countedNodes(nodes: readonly NodeFacts[]): readonly NodeFacts[] {
  return nodes.filter((node) => node.document !== null && node.health !== "unseen");
}

function provenCutsOf({ cuts, history }: FenceRecord): readonly number[] {
  return cuts ?? history;
}

/** Epoch milliseconds; with that of the latest round which proved nothing yet, or never will: it may be off all the same. */
function cutsOf(fence: FenceRecord): readonly number[] {
  const proven = provenCutsOf(fence);
  switch (fence.phase) {
    case "cutting":
      return [...proven, fence.at];
    case "failed":
      return fence.round > 0 ? [...proven, fence.at] : proven;
    case "suspect":
    case "lost":
    case "proven":
    case "recovering":
    case "done":
    case "closed":
      return proven;
  }
}

/** One that is to be empty, or to go, counts as long as guests were last seen on it. */
function isExpected({ document, health, observed }: NodeFacts): boolean {
  if (health === "unseen" || health === "dead") return false;
  if (document !== null && document.state !== "flushed") return true;
  return [...(observed?.domains.values() ?? [])].some(({ state }) => state !== "off");
}

/** Null: it lives. A grace that runs has not begun longer ago, whatever the clocks of two leaders say. */
function silentSince({ observed, fence }: NodeFacts, graceMs: number, past: Past): number | null {
  if (observed?.alive != null) return null;
  if (fence === null || !("incident" in fence)) return past.now();
  const inGrace = fence.phase === "suspect" && fence.why === null;
  return past.momentOf(fence.incident.since, inGrace ? graceMs : undefined);
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
