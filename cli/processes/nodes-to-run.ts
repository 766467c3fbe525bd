import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { NodeName } from "../../reconciler/model/names.ts";

/**
 * The nodes whose machines are needed: those of the applied desired state, and those that left it but still own a VM,
 * or run one.
 */
export function nodesToRun(state: ClusterState): ReadonlySet<NodeName> {
  const nodes = new Set<NodeName>(state.desired.nodes.keys());
  for (const { placement } of state.placements.values()) {
    if (placement.node !== null) nodes.add(placement.node);
    if (placement.moving !== null) nodes.add(placement.moving.to);
  }
  for (const [name, { domains }] of state.nodes.observed) {
    if ([...domains.values()].some((domain) => domain.state !== "off")) nodes.add(name);
  }
  return nodes;
}
