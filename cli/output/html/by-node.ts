import type { NodeName } from "../../../reconciler/model/names.ts";
import type { ClusterReport, VmReport } from "../../../reconciler/model/report.ts";
import { vmStatesByTrouble } from "../../../tui/view/states.ts";

export interface VmsOfNodes {
  /** Those that belong to a node, and those that are active there all the same. */
  readonly placed: ReadonlyMap<NodeName, readonly VmReport[]>;
  /** Of no node that there is. */
  readonly without: readonly VmReport[];
}

export function vmsOfNodes({ nodes, vms }: Pick<ClusterReport, "nodes" | "vms">): VmsOfNodes {
  const named = new Map(vms.map((vm) => [vm.name, vm]));
  const owned = Map.groupBy(vms, ({ node }) => node);
  const placed = new Map(
    nodes.map(({ name, vms: active }) => {
      const visitors = active.flatMap((vm) => named.get(vm) ?? []).filter(({ node }) => node !== name);
      return [name, [...(owned.get(name) ?? []), ...visitors]];
    }),
  );
  return { placed, without: vms.filter(({ node }) => node === null || !placed.has(node)) };
}

const rank = new Map(vmStatesByTrouble.map((state, index) => [state, index]));

/** What needs a person first; else as they come. */
export function byTrouble(vms: readonly VmReport[]): readonly VmReport[] {
  return vms.toSorted((a, b) => (rank.get(a.state) ?? 0) - (rank.get(b.state) ?? 0));
}
