/** Proofs of death, as decisions rest on them: each is compared again in the transaction that relies on it. */
import { deathOf } from "../../model/fence.ts";
import { byName, type NodeName, type VmName } from "../../model/names.ts";
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

/** The nodes on which the VM may have run, as far as the records tell. */
export function ownersOf(state: ClusterState, vm: VmName): readonly NodeName[] {
  const placement = state.placements.get(vm)?.placement;
  const seen = [...state.nodes.observed.values()]
    .filter((node) => (node.domains.get(vm)?.state ?? "off") !== "off")
    .map((node) => node.name);
  return [placement?.node, placement?.moving?.to, ...seen].filter((node) => node != null);
}

/** The VMs that may run on the node. */
export function ownedBy(state: ClusterState, node: NodeName): readonly VmName[] {
  const domains = state.nodes.get(node)?.domains.values() ?? [];
  const seen = [...domains].filter(({ state: is }) => is !== "off").map(({ vm }) => vm);
  const placed = [...state.placements.keys()].filter((vm) => isPlacedOn(state, vm, node));
  return [...new Set([...placed, ...seen])].sort(byName);
}

/** The VM is the node's, or moves there. */
export function isPlacedOn(state: ClusterState, vm: VmName, node: NodeName): boolean {
  const placement = state.placements.get(vm)?.placement;
  return placement?.node === node || placement?.moving?.to === node;
}
