/** Whether a node can take a VM, and why not: one answer for every path that brings a VM anywhere. */
import type { Disk, Network, Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { hostProcessor, type NodeStatus } from "../model/observed.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { formatSize, roughSize } from "./hardware.ts";
import { type NodeFacts, mustBeEmptied, whyClosed, whyFenced, whyUnhealthy } from "./node-facts.ts";
import { footprint, type World } from "./world.ts";

/** Why `vm` cannot be brought to `node`; null: it can. */
export function whyNotUsable(world: World, vm: Vm, node: NodeName): Reason | null {
  if (vm.limits !== null && !vm.limits.includes(node)) return reason("outside-limits", { node });
  const facts = world.nodes.get(node);
  if (facts === undefined) return reason("node-undefined", { node });
  return whyClosed(facts) ?? whyNotFit(world, vm, facts);
}

/** Why `vm`, off on `node`, cannot be started there again; less is asked than of a new place. */
export function whyNotInPlace(world: World, vm: Vm, node: NodeName): Reason | null {
  const facts = world.nodes.get(node);
  const leaves = facts === undefined ? null : whyLeaves(vm, facts);
  return leaves ?? whyNoRestart(world, vm, node);
}

/** Why `vm`, wherever it is, cannot be restarted on `node`, which has it already. */
export function whyNoRestart(world: World, vm: Vm, node: NodeName): Reason | null {
  if (vm.limits !== null && !vm.limits.includes(node)) return reason("outside-limits", { node });
  const facts = world.nodes.get(node);
  if (facts === undefined) return reason("node-undefined", { node });
  return whyUnhealthy(facts) ?? whyFenced(facts) ?? whyNotFit(world, vm, facts);
}

/** Why `vm` may not stay on the node where it is; null: it may. `apart` is judged apart from this (see `crowded`). */
export function whyLeaves(vm: Vm, node: NodeFacts): Reason | null {
  if (vm.limits !== null && !vm.limits.includes(node.name)) {
    return reason("leaves-outside-limits", { node: node.name });
  }
  if (mustBeEmptied(node)) return reason("leaves-flushed-node", { node: node.name });
  return null;
}

function whyNotFit(world: World, vm: Vm, node: NodeFacts): Reason | null {
  const apart = world.ledger.neighbour(node.name, vm.name, vm.apart);
  if (apart !== null) return reason("apart", { node: node.name, ...apart });
  if (vm.cpus > node.cpus) {
    return reason("too-few-cpus", { node: node.name, have: node.cpus, need: vm.cpus });
  }
  const free = world.ledger.roomFor(node.name, vm.name);
  const need = footprint(world, vm);
  if (free < need) {
    return reason("no-room", {
      node: node.name,
      need: formatSize(need),
      free: roughSize(Math.max(0, free)),
    });
  }
  return whyNoDriver(world, vm, node) ?? whyNotShown(world, vm, node) ?? whyNotItsData(world, vm, node.name);
}

/** A network or pool of the VM that the node has no driver for, or a bridge that it lacks; null: it can have them all. */
export function whyNoDriver(world: World, vm: Vm, node: NodeFacts): Reason | null {
  const supports = node.observed?.status?.supports;
  if (supports === undefined) return null;
  for (const nic of vm.nics) {
    const network = world.input.desired.networks.get(nic.network);
    const why = network === undefined ? null : whyNoNetwork(network, node.name, supports);
    if (why !== null) return why;
  }
  for (const disk of vm.disks) {
    if (disk.source === "file") continue;
    const type = world.input.desired.pools.get(disk.pool)?.type;
    if (type !== undefined && !supports.pools.includes(type)) {
      return reason("unsupported", { what: `pool ${disk.pool} (${type})`, node: node.name });
    }
  }
  return null;
}

function whyNoNetwork(
  { name, type, bridge }: Network,
  node: NodeName,
  { networks, bridges }: NodeStatus["supports"],
): Reason | null {
  if (!networks.includes(type)) {
    return reason("unsupported", { what: `network ${name} (${type})`, node });
  }
  // Older agents do not tell, and bridges are no business of other types.
  if (type !== "bridge" || bridge === null || bridges === undefined) return null;
  return bridges.includes(bridge) ? null : reason("bridge-missing", { node, bridge, network: name });
}

/** A guest that moves keeps the processor that it was started with; one that is shut down for it does not. */
function whyNotShown(world: World, vm: Vm, node: NodeFacts): Reason | null {
  const condition = world.vms.get(vm.name)?.condition;
  if (condition?.is !== "running" || condition.node === node.name) return null;
  const processor = condition.domain?.processor;
  const shows = node.observed?.status?.supports.processors;
  if (processor === undefined || shows === undefined || vm.migration.method === "shutdown") return null;
  const source = world.nodes.get(condition.node)?.observed?.status?.supports.processors;
  const isShown =
    processor === hostProcessor ? source?.host === shows.host : shows.models.includes(processor);
  return isShown ? null : reason("processor-not-shown", { node: node.name, vm: vm.name, processor });
}

/** A VM with a local disk may run only where its data is; before its birth, anywhere. */
export function whyNotItsData(world: World, vm: Vm, node: NodeName): Reason | null {
  for (const disk of vm.disks) {
    const claim = world.input.journal.volumes.get(claimKey(disk));
    if (claim?.vm !== vm.name) continue;
    if (claim.node !== null && claim.node !== node) {
      return reason("local-disk", { disk: disk.name, node: claim.node });
    }
  }
  return null;
}

/** The key of a disk's claim: `pool/volume`; a file counts as a volume of the pool `file`. */
export function claimKey(disk: Disk): string {
  return disk.source === "volume" ? `${disk.pool}/${disk.volume}` : `file/${disk.path}`;
}

/** Another VM's volume is never used, whatever became of that VM. */
export function whyVolumeTaken(world: World, vm: Vm): Reason | null {
  for (const disk of vm.disks) {
    const claim = world.input.journal.volumes.get(claimKey(disk));
    if (claim === undefined || claim.vm === vm.name || disk.shared) continue;
    return reason("volume-in-use", { volume: claimKey(disk), other: claim.vm });
  }
  return null;
}
