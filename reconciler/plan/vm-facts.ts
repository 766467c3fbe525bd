/** Where each VM is, as far as it can be believed. */
import { isOfEarlierBoot } from "../model/boot.ts";
import type { Disk, Vm } from "../model/desired.ts";
import type { Identity, ReleasedStep, Request, Tries } from "../model/journal.ts";
import { byName, type NodeName, type VmName } from "../model/names.ts";
import type { ObservedDomain } from "../model/observed.ts";
import { type Placement, unplaced } from "../model/placement.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { PlanInput } from "./input.ts";
import { type NodeFacts, provenOf, wasNotDead, whyUnhealthy } from "./node-facts.ts";

export type ActiveDomain = Extract<ObservedDomain, { readonly domainId: string }>;

export type Condition =
  | { readonly is: "running"; readonly node: NodeName; readonly domain: ActiveDomain | null }
  /**
   * Known not to run anywhere. `end`: how its last run ended, where it ended by itself. `lost`: it was on a node that
   * is proven dead, or was and is not yet taken in again.
   */
  | {
      readonly is: "off";
      readonly end: GuestEnd | null;
      readonly lost: boolean;
    }
  /** `lastSeen`: what its node told last, in whatever session; for people, never for decisions. */
  | {
      readonly is: "unknown";
      readonly node: NodeName;
      readonly why: Reason;
      readonly lastSeen: ObservedDomain | null;
    }
  /** `strangers`: where it is active without being placed there. */
  | { readonly is: "duplicate"; readonly why: Reason; readonly strangers: readonly Stranger[] };

export type GuestEnd = Pick<Extract<ObservedDomain, { readonly state: "off" }>, "cause" | "at" | "byHand">;

export interface Stranger {
  readonly node: NodeName;
  /** The name that its domain carries: another one than the VM's where that was renamed meanwhile. */
  readonly domain: VmName;
  readonly epoch: number;
  /** null: its agent does not tell. */
  readonly uuid: string | null;
  /** A copy that is paused for its hand-over: it never ran. */
  readonly isCopy: boolean;
}

export interface VmFacts {
  readonly name: VmName;
  /** null: no document names it; an orphan. */
  readonly document: Vm | null;
  readonly placement: Placement;
  /** 0: there is no record of it yet. */
  readonly revision: number;
  readonly released: ReleasedStep | null;
  readonly tries: Tries | null;
  readonly identity: Identity | null;
  readonly requests: readonly Request[];
  readonly condition: Condition;
}

interface Sighting {
  readonly node: NodeFacts;
  readonly domain: ObservedDomain;
}

/** Facts of every VM that has a document or a placement, or runs somewhere without either, sorted by name. */
export function readVms(
  input: PlanInput,
  nodes: ReadonlyMap<NodeName, NodeFacts>,
): ReadonlyMap<VmName, VmFacts> {
  const sightings = sightingsByVm(input, nodes);
  const requests = Map.groupBy(
    input.journal.requests.filter((r) => "vm" in r && r.expiresAt > input.now),
    (r) => ("vm" in r ? r.vm : ""),
  );
  const strays = [...sightings].filter(([, seen]) => seen.some(isActive)).map(([name]) => name);
  const names = [...new Set([...input.desired.vms.keys(), ...input.placements.keys(), ...strays])].sort(
    byName,
  );
  const facts = new Map<VmName, VmFacts>();
  for (const name of names) {
    const placed = input.placements.get(name);
    const placement = placed?.placement ?? unplaced;
    const revision = placed?.revision ?? 0;
    const identity = input.journal.identities.get(name) ?? null;
    const written = input.desired.vms.get(name);
    facts.set(name, {
      name,
      document: written === undefined ? null : withKeptVolumes(written, identity),
      placement,
      revision,
      released: input.journal.steps.get(name) ?? null,
      tries: input.journal.tries.get(name) ?? null,
      identity,
      requests: requests.get(name) ?? [],
      condition: conditionOf(placement, revision, sightings.get(name) ?? [], nodes),
    });
  }
  return facts;
}

/** Whether something runs on the node that is not placed there. */
export function hasStrangers(
  input: PlanInput,
  nodes: ReadonlyMap<NodeName, NodeFacts>,
  node: NodeName,
): boolean {
  return [...readVms(input, nodes).values()].some(
    ({ condition }) =>
      condition.is === "duplicate" && condition.strangers.some((stranger) => stranger.node === node),
  );
}

/** A disk keeps the volume that it was born with, whatever name the VM goes by now. */
export function withKeptVolumes(vm: Vm, identity: Identity | null): Vm {
  if (identity === null || !vm.disks.some((disk) => keptVolume(disk, identity) !== null)) return vm;
  const disks = vm.disks.map((disk) => {
    const kept = keptVolume(disk, identity);
    if (kept === null || disk.source !== "volume") return disk;
    const slash = kept.indexOf("/");
    return { ...disk, pool: kept.slice(0, slash), volume: kept.slice(slash + 1) };
  });
  return { ...vm, disks };
}

/** The volume that the disk has, where that is not the one that its VM's name implies. */
function keptVolume(disk: Disk, identity: Identity): string | null {
  if (disk.source !== "volume" || !disk.implied) return null;
  const kept = identity.volumes[disk.name];
  return kept === undefined || kept === `${disk.pool}/${disk.volume}` ? null : kept;
}

/** Which VM a domain is: the one of its name, else the one with its UUID, which was renamed since; at worst nobody's. */
export function ownership(
  placements: ReadonlyMap<VmName, unknown>,
  identities: ReadonlyMap<VmName, Identity>,
): (domain: ObservedDomain) => VmName {
  let byUuid: ReadonlyMap<string, VmName> | null = null;
  return (domain) => {
    if (placements.has(domain.vm) || domain.state === "off" || domain.uuid === undefined) return domain.vm;
    byUuid ??= new Map(
      [...identities].filter(([vm]) => placements.has(vm)).map(([vm, { uuid }]) => [uuid, vm]),
    );
    return byUuid.get(domain.uuid) ?? domain.vm;
  };
}

function sightingsByVm(input: PlanInput, nodes: ReadonlyMap<NodeName, NodeFacts>): Map<VmName, Sighting[]> {
  const sightings = new Map<VmName, Sighting[]>();
  const ownerOf = ownership(input.placements, input.journal.identities);
  for (const node of nodes.values()) {
    for (const domain of node.observed?.domains.values() ?? []) {
      const vm = ownerOf(domain);
      const others = sightings.get(vm);
      if (others === undefined) sightings.set(vm, [{ node, domain }]);
      else others.push({ node, domain });
    }
  }
  return sightings;
}

function isActive({ node, domain }: Sighting): boolean {
  return node.health === "ok" && domain.state !== "off";
}

function conditionOf(
  placement: Placement,
  revision: number,
  sightings: readonly Sighting[],
  nodes: ReadonlyMap<NodeName, NodeFacts>,
): Condition {
  const strangers = sightings.filter((s) => isStranger(s, placement));
  if (strangers.length > 0) return duplicate(strangers, placement, revision);
  const placed = placedCondition(placement, revision, sightings, nodes);
  if (placed.is !== "off") return placed;
  const doubt = sightings.find((s) => isDoubtful(s, placement));
  return doubt === undefined ? placed : unknownAt(doubt.node, doubt.domain);
}

/** By what is known of the node where it is placed. */
function placedCondition(
  placement: Placement,
  revision: number,
  sightings: readonly Sighting[],
  nodes: ReadonlyMap<NodeName, NodeFacts>,
): Condition {
  // Before its first start it is assigned to a node and cannot be there.
  if (placement.node === null || placement.epoch === 0) return { is: "off", end: null, lost: false };
  const node = nodes.get(placement.node);
  if (node === undefined) {
    const why = reason("node-unseen", { node: placement.node });
    return { is: "unknown", node: placement.node, why, lastSeen: null };
  }
  const own = sightings.find((s) => s.node === node)?.domain ?? null;
  const end = own !== null && own.state === "off" && own.epoch === placement.epoch ? own : null;
  if (node.health === "dead") return { is: "off", end, lost: true };
  const ended = endedWithBoot(node, own, placement);
  if (ended !== null) return { is: "off", end: ended, lost: false };
  if (whyUnhealthy(node) !== null) return unknownAt(node, own);
  if (own !== null && own.state !== "off") return { is: "running", node: node.name, domain: own };
  // Absence, and how it ended, count only where the agent knew this placement before it looked (law 7).
  if (node.seen < revision) {
    const why = reason("agent-catching-up", { node: node.name, revision: node.seen });
    return { is: "unknown", node: node.name, why, lastSeen: own };
  }
  return { is: "off", end, lost: isLostWith(node, end) };
}

/**
 * Its node has lived in another boot since the VM was seen in its last one: that proves its end, whether or not anybody is
 * there to tell. What was claimed since has a later epoch. A node whose agent can still tell is waited for.
 */
function endedWithBoot(
  node: NodeFacts,
  own: ObservedDomain | null,
  { epoch, moving }: Placement,
): GuestEnd | null {
  if (own === null || own.epoch !== epoch || moving !== null) return null;
  if (mayTell(node) || !isBeforeBoot(own, node)) return null;
  return own.state === "off" ? own : { cause: "reboot", at: own.readAt };
}

function isBeforeBoot({ session }: ObservedDomain, { observed }: NodeFacts): boolean {
  return observed !== null && isOfEarlierBoot(session, observed);
}

/** Its agent reads what is there, or may do so in a moment; or nothing is known of it at all. */
function mayTell({ health, isUnsettled }: NodeFacts): boolean {
  switch (health) {
    case "ok":
    case "unseen":
    case "catching-up":
    case "suspect":
      return true;
    case "agent-down":
    case "unreadable":
      return isUnsettled;
    case "lost":
    case "fencing":
    case "fence-failed":
    case "dead":
      return false;
  }
}

/** It ended with its node, which was proven dead and is back by now. */
function isLostWith(node: NodeFacts, end: GuestEnd | null): boolean {
  if (provenOf(node) === null || wasNotDead(node)) return false;
  return end === null || end.cause === "reboot";
}

function unknownAt(node: NodeFacts, lastSeen: ObservedDomain | null): Condition {
  const why = whyUnhealthy(node) ?? reason("agent-catching-up", { node: node.name, revision: node.seen });
  return { is: "unknown", node: node.name, why, lastSeen };
}

/** Active on a node that does not own it, as told by an agent that can be believed. */
function isStranger(sighting: Sighting, placement: Placement): boolean {
  const { node, domain } = sighting;
  if (domain.state === "off" || node.health !== "ok") return false;
  if (placement.epoch === 0) return true;
  return node.name !== placement.node && node.name !== placement.moving?.to;
}

/**
 * Last seen active on a node that cannot be asked and is not proven dead: it may still run there. What was seen in an
 * earlier boot ended with that.
 */
function isDoubtful({ node, domain }: Sighting, placement: Placement): boolean {
  if (domain.state === "off" || node.health === "ok" || node.health === "dead") return false;
  return node.name !== placement.node && node.name !== placement.moving?.to && !isBeforeBoot(domain, node);
}

function duplicate(strangers: readonly Sighting[], placement: Placement, revision: number): Condition {
  const names = strangers.map((s) => s.node.name);
  if (placement.node !== null) names.push(placement.node);
  const code = revision === 0 && names.length === 1 ? "stray" : "duplicate";
  return {
    is: "duplicate",
    why: reason(code, { nodes: names.sort(byName).join(", ") }),
    strangers: strangers.flatMap(({ node, domain }) =>
      domain.state === "off"
        ? []
        : {
            node: node.name,
            domain: domain.vm,
            epoch: domain.epoch,
            uuid: domain.uuid ?? null,
            isCopy: domain.state === "incoming",
          },
    ),
  };
}
