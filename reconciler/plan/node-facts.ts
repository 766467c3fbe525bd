/** What is known of each node: whether it can be believed and used, and how full it is. */
import type { Cluster, Node } from "../model/desired.ts";
import { byName, type NodeName } from "../model/names.ts";
import type { ObservedNode } from "../model/observed.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { PlanInput } from "./input.ts";

/** ok: its agent has read the hypervisor in the node's current session; only then absence is believed. */
export type Health = "ok" | "unseen" | "suspect" | "agent-down" | "catching-up";

export interface NodeFacts {
  readonly name: NodeName;
  /** null: no document, it is leaving. */
  readonly document: Node | null;
  readonly observed: ObservedNode | null;
  readonly health: Health;
  readonly totalBytes: number;
  readonly reserveBytes: number;
  readonly cpus: number;
  readonly freeBytes: number;
  readonly load: number;
  /** The store's revision up to which the agent knew placements when it last read the hypervisor. */
  readonly seen: number;
}

/** Facts of every node that has a document, lives, or owns a VM, sorted by name. */
export function readNodes(input: PlanInput): ReadonlyMap<NodeName, NodeFacts> {
  const names = new Set(input.desired.nodes.keys());
  for (const node of input.observed.values()) if (node.alive !== null) names.add(node.name);
  for (const { placement } of input.placements.values()) {
    if (placement.node !== null) names.add(placement.node);
    if (placement.moving !== null) names.add(placement.moving.to);
  }
  const facts = new Map<NodeName, NodeFacts>();
  for (const name of [...names].sort(byName)) {
    facts.set(name, nodeFacts(name, input));
  }
  return facts;
}

function nodeFacts(name: NodeName, input: PlanInput): NodeFacts {
  const observed = input.observed.get(name) ?? null;
  const status = observed?.status ?? null;
  const totalBytes = status?.memoryBytes ?? 0;
  return {
    name,
    document: input.desired.nodes.get(name) ?? null,
    observed,
    health: healthOf(observed),
    totalBytes,
    reserveBytes: reserveOf(input.desired.cluster, totalBytes),
    cpus: status?.cpus ?? 0,
    freeBytes: status?.memoryFreeBytes ?? 0,
    load: status?.load ?? 0,
    seen: status?.seen ?? 0,
  };
}

function healthOf(observed: ObservedNode | null): Health {
  if (observed === null) return "unseen";
  const { alive, agent, status } = observed;
  if (alive === null) return status === null ? "unseen" : "suspect";
  if (agent === null) return "agent-down";
  const current =
    status !== null && status.session.lease === alive.lease && status.session.bootId === alive.bootId;
  return current ? "ok" : "catching-up";
}

function reserveOf(cluster: Cluster, totalBytes: number): number {
  const reserve = cluster.reserve.memory;
  return reserve.kind === "bytes" ? reserve.bytes : Math.ceil(totalBytes * reserve.ratio);
}

/** Why nothing can be believed or done on the node, or null where its agent answers. */
export function whyUnhealthy(node: NodeFacts): Reason | null {
  switch (node.health) {
    case "ok":
      return null;
    case "unseen":
      return reason("node-unseen", { node: node.name });
    case "suspect":
      return reason("node-suspect", { node: node.name });
    case "agent-down":
      return reason("agent-down", { node: node.name });
    case "catching-up":
      return reason("agent-catching-up", { node: node.name, revision: node.seen });
  }
}

/** Why the node takes no VM at all, whichever it is. */
export function whyClosed(node: NodeFacts): Reason | null {
  const unhealthy = whyUnhealthy(node);
  if (unhealthy !== null) return unhealthy;
  if (node.document === null) return reason("node-leaving", { node: node.name });
  if (node.document.state === "flushed") return reason("node-flushed", { node: node.name });
  if (node.document.state === "cordoned") return reason("node-cordoned", { node: node.name });
  if (node.document.maintenance.on) return reason("node-maintenance", { node: node.name });
  return null;
}

/** VMs of a flushed node leave it; those of a cordoned or leaving one stay. */
export function mustBeEmptied(node: NodeFacts): boolean {
  return node.document?.state === "flushed";
}
