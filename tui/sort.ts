import { byName } from "../reconciler/model/names.ts";
import type { NodeReport, VmReport } from "../reconciler/model/report.ts";
import { nodeStatesByTrouble, vmStatesByTrouble } from "./view/states.ts";

/** How rows are ordered; `name` breaks every tie. */
export const sortKeys = ["name", "state", "node", "memory"] as const;
export type SortKey = (typeof sortKeys)[number];

export function nextSortKey(key: SortKey): SortKey {
  return sortKeys[(sortKeys.indexOf(key) + 1) % sortKeys.length] ?? "name";
}

/** `state`: what needs a person first. `memory`: the largest first. */
export function sortVms(vms: readonly VmReport[], key: SortKey): readonly VmReport[] {
  const compare = vmOrder[key];
  return vms.toSorted((a, b) => compare(a, b) || byName(a.name, b.name));
}

/** Nodes have no node: there it is by name. `memory`: the fullest first. */
export function sortNodes(nodes: readonly NodeReport[], key: SortKey): readonly NodeReport[] {
  const compare = nodeOrder[key];
  return nodes.toSorted((a, b) => compare(a, b) || byName(a.name, b.name));
}

type Order<Item> = Readonly<Record<SortKey, (a: Item, b: Item) => number>>;

const vmRanks = new Map(vmStatesByTrouble.map((state, rank) => [state, rank]));
const nodeRanks = new Map(nodeStatesByTrouble.map((state, rank) => [state, rank]));

const vmOrder: Order<VmReport> = {
  name: () => 0,
  state: (a, b) => (vmRanks.get(a.state) ?? 0) - (vmRanks.get(b.state) ?? 0),
  node: (a, b) => byName(a.node ?? "", b.node ?? ""),
  memory: (a, b) => b.memoryBytes - a.memoryBytes,
};

const nodeOrder: Order<NodeReport> = {
  name: () => 0,
  state: (a, b) => (nodeRanks.get(a.state) ?? 0) - (nodeRanks.get(b.state) ?? 0),
  node: () => 0,
  memory: (a, b) => fullness(b) - fullness(a),
};

function fullness(node: NodeReport): number {
  return node.memoryBytes === null || node.memoryBytes === 0 ? 0 : node.memoryGuestBytes / node.memoryBytes;
}
