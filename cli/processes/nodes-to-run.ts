import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { NodeName } from "../../reconciler/model/names.ts";

/**
 * The nodes whose machines are needed: those of the applied desired state, and of the others that were simulated here
 * before (`known`) those that still own a VM, or run one.
 */
export function nodesToRun(state: ClusterState, known: ReadonlySet<NodeName>): ReadonlySet<NodeName> {
  const needed = new Set<NodeName>();
  for (const { placement } of state.placements.values()) {
    if (placement.node !== null) needed.add(placement.node);
    if (placement.moving !== null) needed.add(placement.moving.to);
  }
  for (const [name, { domains }] of state.nodes.observed) {
    if ([...domains.values()].some((domain) => domain.state !== "off")) needed.add(name);
  }
  return state.desired.nodes.keys().reduce((nodes, name) => nodes.add(name), needed.intersection(known));
}
