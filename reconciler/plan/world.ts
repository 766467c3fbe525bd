/** The planner's view of one moment: facts of nodes and VMs, and the ledger of who owns what where. */
import type { Vm } from "../model/desired.ts";
import { byName, type NodeName, type VmName } from "../model/names.ts";
import { nodesOf } from "../model/step.ts";
import type { PlanInput } from "./input.ts";
import { withIntent } from "./intent.ts";
import { LayeredMap } from "./layered-map.ts";
import { Ledger } from "./ledger.ts";
import { documentsByRecord } from "./lineage.ts";
import { type NodeFacts, readNodes } from "./node-facts.ts";
import { readVms, type VmFacts } from "./vm-facts.ts";

export interface World {
  readonly input: PlanInput;
  readonly nodes: ReadonlyMap<NodeName, NodeFacts>;
  /** Names of the nodes, sorted: the order in which ties are broken. */
  readonly nodeNames: readonly NodeName[];
  readonly vms: ReadonlyMap<VmName, VmFacts>;
  /** The VMs that are of an `apart` group, by name. */
  readonly grouped: readonly VmName[];
  readonly ledger: Ledger;
}

export function readWorld(input: PlanInput): World {
  const nodes = readNodes(input);
  const vms = readVms(input, nodes);
  const ledger = new Ledger(nodes);
  const documents = documentsByRecord(vms);
  for (const node of nodes.values()) enterObserved(ledger, node, documents);
  for (const vm of vms.values()) enterOwned(ledger, nodes, vm, documents.get(vm.name) ?? null);
  const grouped = [...vms.values()].filter(({ document }) => (document?.apart.length ?? 0) > 0);
  return {
    input,
    nodes,
    nodeNames: [...nodes.keys()].sort(byName),
    vms,
    grouped: grouped.map(({ name }) => name),
    ledger,
  };
}

/** The same moment as it will be once `changed` has happened; only the facts differ, the ledger is kept by the caller. */
export function withVms(world: World, changed: ReadonlyMap<VmName, VmFacts>): World {
  return { ...world, vms: LayeredMap.over(world.vms, changed) };
}

/** The memory that a VM takes wherever it goes: a migration carries what the guest has, a start what is wanted. */
export function footprint(world: World, vm: Vm): number {
  const condition = world.vms.get(vm.name)?.condition;
  const live = condition?.is === "running" ? (condition.domain?.live.memoryBytes ?? 0) : 0;
  return Math.max(vm.memoryBytes, live);
}

/** Everything that an agent sees counts where it is seen, also what is not ours. */
function enterObserved(ledger: Ledger, node: NodeFacts, documents: ReadonlyMap<VmName, Vm>): void {
  if (node.observed === null) return;
  for (const domain of node.observed.domains.values()) {
    if (domain.state === "off") continue;
    const apart = documents.get(domain.vm)?.apart ?? [];
    ledger.own(node.name, domain.vm, domain.live.memoryBytes, domain.live.cpus, apart);
  }
  for (const domain of node.observed.status?.unmanaged ?? []) {
    if (domain.running) ledger.occupy(node.name, domain.memoryBytes);
  }
}

/** What is decided counts too: a VM of unknown whereabouts, one that moves, one that a step will bring. */
function enterOwned(ledger: Ledger, nodes: World["nodes"], vm: VmFacts, wanted: Vm | null): void {
  const { placement, released } = vm;
  const live = vm.condition.is === "running" ? (vm.condition.domain?.live.memoryBytes ?? 0) : 0;
  const assigned = assignedNode(nodes, vm);
  if (assigned !== null) ledger.provision(assigned, wanted?.memoryBytes ?? live);
  if (wanted === null) return;
  // Under its own name, whatever it will be called: that is how its node tells of it.
  const document = { ...wanted, name: vm.name };
  if (vm.condition.is === "unknown") {
    ledger.own(vm.condition.node, vm.name, document.memoryBytes, document.cpus, document.apart);
  }
  const bytes = Math.max(document.memoryBytes, live);
  const arrive = (node: NodeName, arriving: number): void => {
    // What is there already is in the figure that the operating system reports.
    if (isThere(nodes.get(node), vm.name)) ledger.own(node, vm.name, arriving, document.cpus, document.apart);
    else ledger.reserve(node, document, arriving);
  };
  if (placement.moving !== null) {
    ledger.provision(placement.moving.to, document.memoryBytes);
    arrive(placement.moving.to, bytes);
  }
  if (released !== null && (released.step.kind === "start" || released.step.kind === "restart")) {
    for (const node of nodesOf(released.step)) arrive(node, document.memoryBytes);
  }
}

/** Also before it is written down: of a VM that is off and is to be off, its home. */
function assignedNode(nodes: World["nodes"], facts: VmFacts): NodeName | null {
  const { document: vm, placement } = facts;
  if (vm === null || vm.state === "running" || vm.state === "absent") return placement.node;
  const { node, home, held } = withIntent(nodes, facts, vm);
  return node ?? (held === null ? home : null);
}

function isThere(node: NodeFacts | undefined, vm: VmName): boolean {
  const domain = node?.observed?.domains.get(vm);
  return domain !== undefined && domain.state !== "off";
}
