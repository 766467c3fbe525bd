/** What is known of each node: whether it can be believed and used, and how full it is. */
import { isUnreadable } from "../model/boot.ts";
import type { Cluster, Maintenance, Node } from "../model/desired.ts";
import { byName, type NodeName } from "../model/names.ts";
import { deathOf, type FenceRecord, isSameBoot, type Quarantine, whoProved } from "../model/fence.ts";
import type { MaintenanceState } from "../model/maintenance.ts";
import type { ObservedNode } from "../model/observed.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { PlanInput } from "./input.ts";

/**
 * ok: its agent has read the hypervisor in the node's current session; only then absence is believed. unreadable: its
 * agent is there, and its hypervisor does not answer. dead: proven so, and not seen alive since; it owns nothing.
 */
export type Health =
  | "ok"
  | "unseen"
  | "agent-down"
  | "unreadable"
  | "catching-up"
  | "suspect"
  | "lost"
  | "fencing"
  | "fence-failed"
  | "dead";

export interface NodeFacts {
  readonly name: NodeName;
  /** null: no document, it is leaving. */
  readonly document: Node | null;
  readonly observed: ObservedNode | null;
  readonly fence: FenceRecord | null;
  readonly health: Health;
  /** In maintenance of its own. */
  readonly isMaintained: boolean;
  /** What is missing of it may be there in a moment. */
  readonly isUnsettled: boolean;
  readonly totalBytes: number;
  readonly reserveBytes: number;
  readonly cpus: number;
  readonly freeBytes: number;
  readonly load: number;
  /** The store's revision up to which the agent knew placements when it last read the hypervisor. */
  readonly seen: number;
}

/** Facts of every node that has a document, lives, owns a VM, or is missed, sorted by name. */
export function readNodes(input: PlanInput): ReadonlyMap<NodeName, NodeFacts> {
  const names = new Set(input.desired.nodes.keys());
  for (const node of input.observed.values()) if (node.alive !== null) names.add(node.name);
  for (const [name, fence] of input.journal.fences) if (isOpen(fence)) names.add(name);
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

/** Something is still to be done about it, or to be proven. */
function isOpen(fence: FenceRecord): boolean {
  switch (fence.phase) {
    case "closed":
      return false;
    case "done":
      return fence.powerOn === "wanted" || Object.keys(fence.unreleased ?? {}).length > 0;
    case "suspect":
    case "lost":
    case "cutting":
    case "failed":
    case "proven":
    case "recovering":
      return true;
  }
}

function nodeFacts(name: NodeName, input: PlanInput): NodeFacts {
  const observed = input.observed.get(name) ?? null;
  const status = observed?.status ?? null;
  const totalBytes = status?.memoryBytes ?? 0;
  const fence = input.journal.fences.get(name) ?? null;
  return {
    name,
    document: input.desired.nodes.get(name) ?? null,
    observed,
    fence,
    health: healthOf(observed, fence),
    isMaintained: isOn(
      input.desired.nodes.get(name)?.maintenance,
      input.journal.maintenance?.nodes[name],
      input,
    ),
    isUnsettled: input.policy.unsettled.has(name),
    totalBytes,
    reserveBytes: reserveOf(input.desired.cluster, totalBytes),
    cpus: status?.cpus ?? 0,
    freeBytes: status?.memoryFreeBytes ?? 0,
    load: status?.load ?? 0,
    seen: status?.seen ?? 0,
  };
}

function healthOf(observed: ObservedNode | null, fence: FenceRecord | null): Health {
  if (observed === null) return "unseen";
  const { alive, agent, status } = observed;
  if (alive === null) return silenceOf(observed, fence);
  if (agent === null) return "agent-down";
  if (isUnreadable(observed)) return "unreadable";
  const current =
    status !== null && status.session.lease === alive.lease && status.session.bootId === alive.bootId;
  return current ? "ok" : "catching-up";
}

function silenceOf(observed: ObservedNode, fence: FenceRecord | null): Health {
  const { status, seen } = observed;
  if (deathOf(fence, observed) !== null) return "dead";
  switch (fence?.phase) {
    case undefined:
    case "closed":
    case "proven":
    case "recovering":
    case "done":
      return status === null && seen === null ? "unseen" : "suspect";
    case "suspect":
    case "lost":
      return fence.phase;
    case "cutting":
      return fence.round > 1 ? "fence-failed" : "fencing";
    case "failed":
      return "fence-failed";
  }
}

/**
 * What was proven of a node that is not to be used before somebody takes it in again; null: nothing. Where it lives it is in
 * quarantine, though no leader has come to write that down.
 */
export function provenOf({ fence, observed }: Pick<NodeFacts, "fence" | "observed">): Proven | null {
  if (fence === null) return null;
  return "proof" in fence && observed?.alive != null ? fence : fence.quarantine;
}

type Proven = Pick<Quarantine, "incident" | "proof">;

/** It lives in the very boot that was proven dead: a person was wrong. */
export function wasNotDead(node: Pick<NodeFacts, "fence" | "observed">): boolean {
  const proven = provenOf(node);
  return proven !== null && isSameBoot(proven.incident, node.observed?.alive ?? null);
}

/** The same of one that has fallen silent again since: what was proven of it is of the past, and void. */
export function livedOn(node: Pick<NodeFacts, "fence" | "observed">): boolean {
  const { alive, seen } = node.observed ?? { alive: null, seen: null };
  const proven = provenOf(node);
  return alive === null && proven !== null && isSameBoot(proven.incident, seen);
}

/** Why it takes nothing though its agent may answer: proven dead, or back and not yet acknowledged. */
export function whyFenced(node: NodeFacts): Reason | null {
  const { name, health } = node;
  if (health === "dead") return reason("node-fenced", { node: name });
  const proven = provenOf(node);
  if (proven === null || livedOn(node)) return null;
  if (wasNotDead(node)) return reason("was-not-dead", { node: name, by: whoProved(proven.proof) });
  return reason(health === "ok" ? "node-quarantined" : "node-fenced", { node: name });
}

function reserveOf(cluster: Cluster, totalBytes: number): number {
  const reserve = cluster.reserve.memory;
  return reserve.kind === "bytes" ? reserve.bytes : Math.ceil(totalBytes * reserve.ratio);
}

/** Nothing is fenced or taken over in the whole cluster. */
export function isClusterMaintained(input: PlanInput): boolean {
  return isOn(input.desired.cluster.maintenance, input.journal.maintenance?.cluster, input);
}

/** By what is written down as in force; before that, and for an edit that is looked at ahead, by the files as well. */
function isOn(
  written: Maintenance | undefined,
  inForce: MaintenanceState | undefined,
  { journal, now }: PlanInput,
): boolean {
  if (journal.maintenance !== null && inForce?.on === true) return true;
  return written?.on === true && (written.until === null || now < written.until);
}

/** Why nothing can be believed or done on the node, or null where its agent answers. */
export function whyUnhealthy(node: NodeFacts): Reason | null {
  switch (node.health) {
    case "ok":
      return null;
    case "unseen":
      return reason("node-unseen", { node: node.name });
    case "suspect":
    case "lost":
    case "fencing":
    case "fence-failed":
    case "dead":
      return whySilent(node);
    case "agent-down":
      return reason("agent-down", { node: node.name });
    case "unreadable":
      return reason("hypervisor-silent", {
        node: node.name,
        why: node.observed?.status?.unreadable?.why ?? "",
      });
    case "catching-up":
      return reason("agent-catching-up", { node: node.name, revision: node.seen });
  }
}

/** The fence's own word for it, where there is one. */
function whySilent({ name, fence, health }: NodeFacts): Reason {
  switch (fence?.phase) {
    case "suspect":
    case "lost":
      return fence.why ?? reason(fence.phase === "lost" ? "node-lost" : "node-suspect", { node: name });
    case "failed":
      return fence.why;
    case "cutting":
      return fence.why ?? reason("node-fencing", { node: name, round: fence.round });
    case "proven":
    case "recovering":
    case "done":
    case "closed":
    case undefined:
      return reason(health === "dead" ? "node-fenced" : "node-suspect", { node: name });
  }
}

/** Why the node takes no VM at all, whichever it is. */
export function whyClosed(node: NodeFacts): Reason | null {
  const unhealthy = whyUnhealthy(node);
  if (unhealthy !== null) return unhealthy;
  const fenced = whyFenced(node);
  if (fenced !== null) return fenced;
  if (node.document === null) return reason("node-leaving", { node: node.name });
  if (node.document.state === "flushed") return reason("node-flushed", { node: node.name });
  if (node.document.state === "cordoned") return reason("node-cordoned", { node: node.name });
  if (node.isMaintained) return reason("node-maintenance", { node: node.name });
  return null;
}

/** VMs of a flushed node leave it; those of a cordoned or leaving one stay. */
export function mustBeEmptied(node: NodeFacts): boolean {
  return node.document?.state === "flushed";
}
