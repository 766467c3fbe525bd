import type { NodeName, VmName } from "../model/names.ts";
import type {
  AgentPresence,
  Alive,
  NodeStatus,
  Observed,
  ObservedDomain,
  ObservedNode,
  Seen,
} from "../model/observed.ts";

interface Records {
  name: NodeName;
  alive: (Alive & { readonly lease: string }) | null;
  seen: (Seen & { readonly revision: number }) | null;
  agent: AgentPresence | null;
  status: NodeStatus | null;
  domains: Map<VmName, ObservedDomain>;
}

/** What heartbeats and agents wrote, by node. */
export class NodeRecords {
  readonly #nodes = new Map<NodeName, Records>();

  get observed(): Observed {
    return this.#nodes;
  }

  get(node: NodeName): ObservedNode | null {
    return this.#nodes.get(node) ?? null;
  }

  setAlive(node: NodeName, alive: Records["alive"]): void {
    this.#of(node).alive = alive;
  }

  setSeen(node: NodeName, seen: Records["seen"]): void {
    this.#of(node).seen = seen;
  }

  setAgent(node: NodeName, agent: AgentPresence | null): void {
    this.#of(node).agent = agent;
  }

  setStatus(node: NodeName, status: NodeStatus | null): void {
    this.#of(node).status = status;
  }

  setDomain(node: NodeName, domain: ObservedDomain): void {
    this.#of(node).domains.set(domain.vm, domain);
  }

  deleteDomain(node: NodeName, vm: VmName): void {
    this.#nodes.get(node)?.domains.delete(vm);
  }

  #of(node: NodeName): Records {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const fresh: Records = {
      name: node,
      alive: null,
      seen: null,
      agent: null,
      status: null,
      domains: new Map(),
    };
    this.#nodes.set(node, fresh);
    return fresh;
  }
}
