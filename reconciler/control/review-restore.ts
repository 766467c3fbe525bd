/**
 * What accepting a store that was set back would mean; pure. Reality wins: a VM stays where it is seen, one that is seen
 * nowhere starts anew under an epoch above all that were ever seen, and no step of the past is left to be carried out.
 */
import type { StoreFreeze } from "../model/store-record.ts";
import { byName, type NodeName, type VmName } from "../model/names.ts";
import type { ObservedDomain, ObservedNode } from "../model/observed.ts";
import { type Displaced, type Placement, unplaced } from "../model/placement.ts";
import type { Revision } from "../store/store.ts";
import type { ClusterState } from "./cluster-state.ts";

/** What a human vouches for. */
export interface Word {
  /** These nodes are off, for certain. */
  readonly dead: ReadonlySet<NodeName>;
  /** These domains, unknown to the restored store, are no VM of it under another name. */
  readonly unknown: ReadonlySet<VmName>;
}

export interface RestoreReview {
  readonly freeze: StoreFreeze;
  /** The frozen record's revision: whatever is written holds only while that stands. */
  readonly revision: Revision;
  readonly counter: number;
  readonly nodes: readonly NodeReview[];
  /** Every placement as it is to be, with the revision that it replaces. */
  readonly placements: readonly {
    readonly vm: VmName;
    readonly placement: Placement;
    readonly replaces: Revision;
  }[];
  /** What the restored store believes and reality does not bear out, a sentence each. */
  readonly differences: readonly string[];
  /** Why it cannot be accepted yet, a sentence each. */
  readonly problems: readonly string[];
}

export interface NodeReview {
  readonly name: NodeName;
  readonly state: "read" | "dead" | "unclear";
  readonly text: string;
}

interface Sighting {
  readonly node: NodeName;
  readonly domain: Exclude<ObservedDomain, { readonly state: "off" }>;
}

/** Null: the store is not frozen. */
export function reviewRestore(state: ClusterState, word: Word): RestoreReview | null {
  const { record, revision } = state.store;
  if (record.frozen === null) return null;
  const names = new Set([...state.desired.nodes.keys(), ...state.nodes.observed.keys(), ...word.dead]);
  const nodes = [...names].sort(byName).map((name) => reviewNode(name, state, word.dead));
  const sightings = sightingsOf(state, nodes);
  const epoch = epochAboveAll(state, record.frozen);
  const vms = [...new Set([...state.placements.keys(), ...sightings.keys()])].sort(byName);
  const placements = vms.map((vm) => {
    const placed = state.placements.get(vm);
    const seen = sightings.get(vm)?.[0];
    const former = placed?.placement ?? unplaced;
    const placement = seen === undefined ? gone(former, epoch) : found(former, seen, vm, state);
    return { vm, placement, replaces: placed?.revision ?? 0 };
  });
  return {
    freeze: record.frozen,
    revision,
    counter: Math.max(record.counter, record.frozen.seen.counter) + 1,
    nodes,
    placements,
    differences: placements.flatMap(({ vm, placement }) => difference(vm, placement, state)),
    problems: [
      ...nodes.filter((node) => node.state === "unclear").map(({ name, text }) => `node ${name} ${text}`),
      ...[...sightings].flatMap(([vm, seen]) => doubts(vm, seen, state, word.unknown)),
    ],
  };
}

function reviewNode(name: NodeName, state: ClusterState, dead: ReadonlySet<NodeName>): NodeReview {
  const observed = state.nodes.get(name);
  const isAlive = observed !== null && (observed.alive !== null || observed.agent !== null);
  if (dead.has(name)) {
    if (!isAlive) return { name, state: "dead", text: "is dead, as somebody vouches" };
    return { name, state: "unclear", text: "is said to be dead, and shows life" };
  }
  if (!isAlive || observed.alive === null) {
    return { name, state: "unclear", text: "is not alive: bring it back, or vouch that it is off (--dead)" };
  }
  if (isRead(observed, state)) return { name, state: "read", text: "is alive, and was read since" };
  return {
    name,
    state: "unclear",
    text: "is alive, and its agent has not read it since the store is frozen",
  };
}

/** Its agent knew of the freeze, and listed its records anew, before it read the hypervisor. */
function isRead({ alive, agent, status }: ObservedNode, state: ClusterState): boolean {
  if (alive === null || agent === null || status === null) return false;
  const isCurrent = status.session.lease === alive.lease && status.session.bootId === alive.bootId;
  return isCurrent && status.store?.record === state.store.revision && status.seen <= state.revision;
}

function sightingsOf(state: ClusterState, nodes: readonly NodeReview[]): ReadonlyMap<VmName, Sighting[]> {
  const all = nodes
    .filter((node) => node.state === "read")
    .flatMap(({ name }) =>
      [...(state.nodes.get(name)?.domains.values() ?? [])].map((d) => [name, d] as const),
    )
    .flatMap(([node, domain]): Sighting[] => (domain.state === "off" ? [] : [{ node, domain }]));
  return Map.groupBy(all, ({ domain }) => domain.vm);
}

function epochAboveAll(state: ClusterState, freeze: StoreFreeze): number {
  let highest = freeze.seen.epoch;
  for (const { placement } of state.placements.values()) {
    highest = Math.max(highest, placement.epoch, placement.moving?.epoch ?? 0, placement.spent ?? 0);
  }
  for (const { status, domains } of state.nodes.observed.values()) {
    highest = Math.max(highest, status?.store?.epochSeen ?? 0);
    for (const { epoch } of domains.values()) highest = Math.max(highest, epoch);
  }
  return highest + 1;
}

function gone(former: Placement, epoch: number): Placement {
  return { ...former, node: null, displaced: null, moving: null, epoch };
}

/** Its epoch is its domain's: how that ends one day must still be told from how an older one ended. */
function found(former: Placement, { node, domain }: Sighting, vm: VmName, state: ClusterState): Placement {
  const document = state.desired.vms.get(vm) ?? null;
  const home = former.home ?? document?.node ?? node;
  const homeAsked = former.home === null ? (document?.node ?? null) : former.homeAsked;
  const displaced = node === home ? null : document?.migrate === node ? "migrate" : away(former);
  return { node, home, homeAsked, epoch: domain.epoch, displaced, held: null, ended: null, moving: null };
}

/** Why it is away may be forgotten; after a flush it comes home as soon as it can. */
function away({ displaced }: Placement): Displaced {
  return displaced ?? "flush";
}

function difference(vm: VmName, placement: Placement, state: ClusterState): readonly string[] {
  const former = state.placements.get(vm)?.placement ?? null;
  const was = former?.node ?? null;
  if (placement.node === was && (was === null || placement.epoch === former?.epoch)) return [];
  const is =
    placement.node === null ? "runs nowhere, and starts again if it is wanted" : `runs on ${placement.node}`;
  if (was === null) return [`${vm} ${is}; the restored store knows of no place of it`];
  return [`${vm} ${is}; in the restored store it is on ${was}`];
}

function doubts(
  vm: VmName,
  seen: readonly Sighting[],
  state: ClusterState,
  unknown: ReadonlySet<VmName>,
): readonly string[] {
  const where = seen.map(({ node }) => node).join(" and ");
  if (seen.length > 1) return [`${vm} is on ${where}: a migration is under way, or it runs twice`];
  if (seen[0]?.domain.state === "incoming") return [`${vm} on ${where} is a copy that was never handed over`];
  if (state.placements.has(vm) || state.desired.vms.has(vm) || unknown.has(vm)) return [];
  const ask = "was a VM renamed? If it is a VM of its own, vouch for it (--unknown)";
  return [`${vm} runs on ${where}, and the restored store does not know it: ${ask}`];
}
