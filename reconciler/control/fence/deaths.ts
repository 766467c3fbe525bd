/** Proofs of death, as decisions rest on them: each is compared again in the transaction that relies on it. */
import { deathOf } from "../../model/fence.ts";
import { byName, type NodeName, type VmName } from "../../model/names.ts";
import type { ObservedDomain } from "../../model/observed.ts";
import { ownership } from "../../plan/vm-facts.ts";
import type { ClusterKeys } from "../../store/keys.ts";
import type { Compare } from "../../store/store.ts";
import type { ClusterState } from "../cluster-state.ts";

/** Proven dead, and not seen alive since. */
export function isDead(state: ClusterState, node: NodeName): boolean {
  return deathOf(state.fences.get(node), state.nodes.get(node)) !== null;
}

/** That the proof still stands, and that none of the dead has shown life; nothing for nodes that are not dead. */
export function compareDeaths(
  { keys }: { readonly keys: ClusterKeys },
  state: ClusterState,
  nodes: Iterable<NodeName>,
): Compare[] {
  return [...new Set(nodes)].flatMap((node) => {
    const observed = state.nodes.get(node);
    const record = state.fences.get(node);
    if (record === undefined || deathOf(record, observed) === null) return [];
    return [
      { key: keys.fence(node), modRevision: record.revision },
      { key: keys.alive(node), createRevision: 0 },
      { key: keys.seen(node), modRevision: observed?.seen?.revision ?? 0 },
    ];
  });
}

/** The dead nodes on which one of these VMs may have run, whatever its domain there is called. */
export function deadOwnersOf(state: ClusterState, vms: readonly VmName[]): readonly NodeName[] {
  const ownerOf = ownership(state.placements, state.identities);
  const runs = (node: NodeName) => activeOn(state, node).some((domain) => vms.includes(ownerOf(domain)));
  return [...state.fences.keys()]
    .filter((node) => isDead(state, node))
    .filter((node) => vms.some((vm) => isPlacedOn(state, vm, node)) || runs(node));
}

/** The VMs that may run on the node. */
export function ownedBy(state: ClusterState, node: NodeName): readonly VmName[] {
  const seen = activeOn(state, node).map(ownership(state.placements, state.identities));
  const placed = [...state.placements.keys()].filter((vm) => isPlacedOn(state, vm, node));
  return [...new Set([...placed, ...seen])].sort(byName);
}

function activeOn(state: ClusterState, node: NodeName): readonly ObservedDomain[] {
  const domains = state.nodes.get(node)?.domains.values() ?? [];
  return [...domains].filter(({ state: is }) => is !== "off");
}

/** The VM is the node's, or moves there. */
export function isPlacedOn(state: ClusterState, vm: VmName, node: NodeName): boolean {
  const placement = state.placements.get(vm)?.placement;
  return placement?.node === node || placement?.moving?.to === node;
}
