/**
 * Who owns what on each node: the memory, vCPUs and `apart` groups of every VM that runs, starts or is reserved there,
 * and of the ones that this plan puts there. The only mutable thing in the planner; made anew, or forked, for each plan.
 */
import type { Selector, Vm } from "../model/desired.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { NodeFacts } from "./node-facts.ts";

interface Entry {
  readonly bytes: number;
  readonly cpus: number;
  readonly apart: readonly string[];
  /** Of the bytes: not yet in the operating system's figure. */
  readonly reservedBytes: number;
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
  /** Accounts that a fork reads too: copied before they are written to. */
  readonly #borrowed = new Set<NodeName>();

  constructor(nodes: ReadonlyMap<NodeName, NodeFacts>) {
    this.#nodes = nodes;
    for (const name of nodes.keys()) this.#accounts.set(name, emptyAccount());
  }

  /** The same accounts for another course of things; what is entered in one is not seen in the other. */
  fork(): Ledger {
    const fork = new Ledger(this.#nodes);
    for (const [name, account] of this.#accounts) {
      fork.#accounts.set(name, account);
      fork.#borrowed.add(name);
      this.#borrowed.add(name);
    }
    return fork;
  }

  #writable(node: NodeName): Account | undefined {
    const account = this.#accounts.get(node);
    if (account === undefined || !this.#borrowed.delete(node)) return account;
    const own = copied(account);
    this.#accounts.set(node, own);
    return own;
  }

  /** The VM owns memory there. A second claim of the same VM on the same node counts once, the larger one. */
  own(node: NodeName, vm: VmName, bytes: number, cpus: number, apart: readonly string[]): void {
    this.#enter(node, vm, { bytes, cpus, apart, reservedBytes: 0 });
  }

  #enter(node: NodeName, vm: VmName, claim: Entry): void {
    const account = this.#writable(node);
    if (account === undefined) return;
    const former = account.entries.get(vm);
    if (former !== undefined) this.release(node, vm);
    const entry = {
      bytes: Math.max(claim.bytes, former?.bytes ?? 0),
      cpus: Math.max(claim.cpus, former?.cpus ?? 0),
      apart: claim.apart,
      reservedBytes: Math.max(claim.reservedBytes, former?.reservedBytes ?? 0),
    };
    account.entries.set(vm, entry);
    account.usedBytes += entry.bytes;
    account.reservedBytes += entry.reservedBytes;
    account.vcpus += entry.cpus;
    for (const group of entry.apart) {
      const members = account.groups.get(group);
      if (members === undefined) account.groups.set(group, new Set([vm]));
      else members.add(vm);
    }
  }

  /** The VM owns nothing there any more. */
  release(node: NodeName, vm: VmName): void {
    const entry = this.#accounts.get(node)?.entries.get(vm);
    const account = entry === undefined ? undefined : this.#writable(node);
    if (account === undefined || entry === undefined) return;
    account.entries.delete(vm);
    account.usedBytes -= entry.bytes;
    account.reservedBytes -= entry.reservedBytes;
    account.vcpus -= entry.cpus;
    for (const group of entry.apart) account.groups.get(group)?.delete(vm);
  }

  /** Chosen in this plan, or under way: it will own this, and the operating system does not count it yet. */
  reserve(node: NodeName, vm: Vm, bytes: number): void {
    this.#enter(node, vm.name, { bytes, cpus: vm.cpus, apart: vm.apart, reservedBytes: bytes });
  }

  /** The VM owns nothing anywhere any more. */
  releaseAll(vm: VmName): void {
    for (const node of this.#accounts.keys()) this.release(node, vm);
  }

  /** Assigned there, running or not: counts for `memprov` only. */
  provision(node: NodeName, bytes: number): void {
    const account = this.#writable(node);
    if (account !== undefined) account.provisionedBytes += bytes;
  }

  /** Memory of domains that are not ours. */
  occupy(node: NodeName, bytes: number): void {
    const account = this.#writable(node);
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

  /** Memory and vCPUs owned there: of our VMs and of domains that are not ours. */
  fill(node: NodeName): { readonly usedBytes: number; readonly vcpus: number; readonly vms: number } {
    const account = this.#accounts.get(node) ?? emptyAccount();
    return { usedBytes: account.usedBytes, vcpus: account.vcpus, vms: account.entries.size };
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

function copied(account: Account): Account {
  const groups = new Map([...account.groups].map(([group, members]) => [group, new Set(members)]));
  return { ...account, entries: new Map(account.entries), groups };
}
