/**
 * Who owns what on each node: the memory, vCPUs and `apart` groups of every VM that runs, starts or is reserved there,
 * and of the ones that this plan puts there. The only mutable thing in the planner; made anew for each plan.
 */
import type { Selector, Vm } from "../model/desired.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { NodeFacts } from "./node-facts.ts";

interface Entry {
  readonly bytes: number;
  readonly cpus: number;
  readonly apart: readonly string[];
}

interface Account {
  readonly entries: Map<VmName, Entry>;
  usedBytes: number;
  /** Memory of every VM assigned there, running or not. */
  provisionedBytes: number;
  vcpus: number;
  /** Reserved since the operating system's figure was read. */
  reservedBytes: number;
  readonly groups: Map<string, Set<VmName>>;
}

export class Ledger {
  readonly #accounts = new Map<NodeName, Account>();
  readonly #nodes: ReadonlyMap<NodeName, NodeFacts>;

  constructor(nodes: ReadonlyMap<NodeName, NodeFacts>) {
    this.#nodes = nodes;
    for (const name of nodes.keys()) this.#accounts.set(name, emptyAccount());
  }

  /** The VM owns memory there. A second claim of the same VM on the same node counts once, the larger one. */
  own(node: NodeName, vm: VmName, bytes: number, cpus: number, apart: readonly string[]): void {
    const account = this.#accounts.get(node);
    if (account === undefined) return;
    const former = account.entries.get(vm);
    if (former !== undefined) this.release(node, vm);
    const entry = {
      bytes: Math.max(bytes, former?.bytes ?? 0),
      cpus: Math.max(cpus, former?.cpus ?? 0),
      apart,
    };
    account.entries.set(vm, entry);
    account.usedBytes += entry.bytes;
    account.vcpus += entry.cpus;
    for (const group of apart) {
      const members = account.groups.get(group);
      if (members === undefined) account.groups.set(group, new Set([vm]));
      else members.add(vm);
    }
  }

  /** The VM owns nothing there any more. */
  release(node: NodeName, vm: VmName): void {
    const account = this.#accounts.get(node);
    const entry = account?.entries.get(vm);
    if (account === undefined || entry === undefined) return;
    account.entries.delete(vm);
    account.usedBytes -= entry.bytes;
    account.vcpus -= entry.cpus;
    for (const group of entry.apart) account.groups.get(group)?.delete(vm);
  }

  /** Chosen in this plan, or under way: it will own this, and the operating system does not count it yet. */
  reserve(node: NodeName, vm: Vm, bytes: number): void {
    this.own(node, vm.name, bytes, vm.cpus, vm.apart);
    const account = this.#accounts.get(node);
    if (account !== undefined) account.reservedBytes += bytes;
  }

  /** Assigned there, running or not: counts for `memprov` only. */
  provision(node: NodeName, bytes: number): void {
    const account = this.#accounts.get(node);
    if (account !== undefined) account.provisionedBytes += bytes;
  }

  /** Memory of domains that are not ours. */
  occupy(node: NodeName, bytes: number): void {
    const account = this.#accounts.get(node);
    if (account !== undefined) account.usedBytes += bytes;
  }

  owns(node: NodeName, vm: VmName): boolean {
    return this.#accounts.get(node)?.entries.has(vm) ?? false;
  }

  /** Bytes that another VM could still get; its own entry there, if any, does not count against `vm`. */
  roomFor(node: NodeName, vm: VmName): number {
    const account = this.#accounts.get(node);
    const facts = this.#nodes.get(node);
    if (account === undefined || facts === undefined) return 0;
    const own = account.entries.get(vm)?.bytes ?? 0;
    return facts.totalBytes - facts.reserveBytes - account.usedBytes + own;
  }

  /** Another VM of one of these groups on that node, with the group; null: none. The lexically first one. */
  neighbour(node: NodeName, vm: VmName, groups: readonly string[]): { other: VmName; group: string } | null {
    const account = this.#accounts.get(node);
    if (account === undefined) return null;
    for (const group of groups) {
      let first: VmName | null = null;
      for (const other of account.groups.get(group) ?? []) {
        if (other !== vm && (first === null || other < first)) first = other;
      }
      if (first !== null) return { other: first, group };
    }
    return null;
  }

  /** How good the node is by a selector: the smaller the better. */
  score(node: NodeName, selector: Selector): number {
    const account = this.#accounts.get(node);
    const facts = this.#nodes.get(node);
    if (account === undefined || facts === undefined) return Number.POSITIVE_INFINITY;
    switch (selector) {
      case "mem":
        return account.reservedBytes - facts.freeBytes;
      case "memprov":
        return account.provisionedBytes - facts.totalBytes;
      case "vcpus":
        return account.vcpus;
      case "vms":
        return account.entries.size;
      case "load":
        return facts.load;
    }
  }

  members(node: NodeName): readonly VmName[] {
    return [...(this.#accounts.get(node)?.entries.keys() ?? [])];
  }
}

function emptyAccount(): Account {
  return {
    entries: new Map(),
    usedBytes: 0,
    provisionedBytes: 0,
    vcpus: 0,
    reservedBytes: 0,
    groups: new Map(),
  };
}
