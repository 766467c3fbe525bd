/** What the node's records should say, from what was read; pure. */
import type { NodeName, VmName } from "../reconciler/model/names.ts";
import type { EndCause, ObservedDomain, Session } from "../reconciler/model/observed.ts";
import type { Placement } from "../reconciler/model/placement.ts";
import { changedSince } from "./differences.ts";
import { isSameHardware } from "./hypervisor/hardware-fields.ts";
import type { Domain, DomainEnd } from "./hypervisor/hypervisor.ts";
import type { Look } from "./lookout.ts";

export interface RecordsInput {
  readonly node: NodeName;
  readonly session: Session;
  readonly look: Look;
  /** What the records said before, also those of an earlier agent. */
  readonly before: ReadonlyMap<VmName, ObservedDomain>;
  readonly placementOf: (vm: VmName) => Placement | null;
  /** A step of ours that is to end the VM is under way. */
  readonly isStopping: (vm: VmName) => boolean;
  /** Whether this agent asked that run of a domain to end; what an earlier one asked is in the records of before. */
  readonly isAsked: (domainId: string) => boolean;
  /** A step of the VM is under way: nothing about it is forgotten. */
  readonly isBusy: (vm: VmName) => boolean;
}

export interface Records {
  readonly records: ReadonlyMap<VmName, ObservedDomain>;
  /** Ends that the hypervisor need not remember any more. */
  readonly forget: readonly VmName[];
}

type OffRecord = Extract<ObservedDomain, { readonly state: "off" }>;
type ActiveRecord = Exclude<ObservedDomain, OffRecord>;

/**
 * One record for each domain, and one for each that ended, as long as its placement names this node and no newer
 * epoch. A domain that was there and is not, with no word how it ended, ended unseen.
 */
export function recordsOf(input: RecordsInput): Records {
  const { look, before } = input;
  const records = new Map<VmName, ObservedDomain>();
  for (const domain of look.reading.domains)
    records.set(domain.vm, activeRecord(domain, before.get(domain.vm) ?? null, input));
  const forget: VmName[] = [];
  const ends = new Map(look.reading.ended.map((end) => [end.vm, end]));
  for (const vm of new Set([...before.keys(), ...ends.keys()])) {
    if (records.has(vm)) continue;
    const off = offRecord(before.get(vm) ?? null, ends.get(vm) ?? null, input);
    if (off !== null && isNeeded(off, input)) records.set(vm, off);
    else if (ends.has(vm) && !input.isBusy(vm)) forget.push(vm);
  }
  return { records, forget };
}

/** Whether a placement has to do with the node: it runs there, goes there, or left it to be held. */
export function concerns(placement: Placement | null, node: NodeName): boolean {
  if (placement === null) return false;
  return placement.node === node || placement.moving?.to === node || placement.held?.node === node;
}

/** Whether they say the same; when each was read is no difference. */
export function isSameRecord(a: ObservedDomain | null, b: ObservedDomain): boolean {
  if (a === null || a.vm !== b.vm || a.epoch !== b.epoch) return false;
  if (a.session.lease !== b.session.lease || a.session.bootId !== b.session.bootId) return false;
  if (a.state === "off" || b.state === "off") {
    return a.state === "off" && b.state === "off" && a.cause === b.cause && a.at === b.at;
  }
  if (a.state !== b.state || a.domainId !== b.domainId || a.since !== b.since) return false;
  if (a.processor !== b.processor || a.uuid !== b.uuid || a.asked !== b.asked) return false;
  if (!isSameHardware(a.live, b.live) || !isSameHardware(a.applied, b.applied)) return false;
  return JSON.stringify(a.changed) === JSON.stringify(b.changed);
}

function activeRecord(domain: Domain, before: ObservedDomain | null, input: RecordsInput): ObservedDomain {
  const { vm, uuid, epoch, state, id, since, live, applied } = domain;
  const { look, session, isAsked } = input;
  const { readAt } = look;
  const optional = {
    uuid,
    ...(isAsked(id) || wasAsked(before, id) ? ({ asked: true } as const) : {}),
    ...(domain.processor === null ? {} : { processor: domain.processor }),
    changed: changedSince(domain, before, readAt),
  };
  return { vm, epoch, session, readAt, state, domainId: id, since, live, applied, ...optional };
}

function wasAsked(before: ObservedDomain | null, domainId: string): boolean {
  return before !== null && before.state !== "off" && before.domainId === domainId && before.asked === true;
}

function offRecord(
  before: ObservedDomain | null,
  end: DomainEnd | null,
  input: RecordsInput,
): OffRecord | null {
  const { session, look } = input;
  if (before === null || before.state === "off") {
    if (before !== null && (end === null || end.epoch <= before.epoch)) return { ...before, session };
    return end === null ? null : endRecord(end, before, input);
  }
  if (end !== null && (end.id === before.domainId || end.epoch > before.epoch)) {
    return isUnfinishedCopy(before, end) ? null : endRecord(end, before, input);
  }
  if (before.state === "incoming" || isRenamed(before, look)) return null;
  return vanished(before, input);
}

/** It was there, and nobody tells how it ended; another boot is proof that it ended with the machine. */
function vanished({ vm, epoch, session: then }: ActiveRecord, { session, look }: RecordsInput): OffRecord {
  const cause = then.bootId === session.bootId ? "unknown" : "reboot";
  return { vm, epoch, session, readAt: look.readAt, state: "off", cause, at: look.readAt };
}

function endRecord(end: DomainEnd, before: ObservedDomain | null, input: RecordsInput): OffRecord {
  const { vm, epoch, at } = end;
  const { session, look } = input;
  const cause = causeOf(end, before, input);
  const off = { vm, epoch, session, readAt: look.readAt, state: "off", cause, at } as const;
  return end.cause === "cut" && cause === "unknown" ? { ...off, byHand: true } : off;
}

function causeOf(end: DomainEnd, before: ObservedDomain | null, input: RecordsInput): EndCause {
  if (end.cause === "migrated") return "migrated";
  const isAsked = input.isAsked(end.id) || wasAsked(before, end.id);
  if (input.isStopping(end.vm) || (isAsked && (end.cause === "guest" || end.cause === "cut"))) return "stop";
  // Cut by hand: nobody told us why, so it counts as any other end that we cannot explain.
  return end.cause === "cut" ? "unknown" : end.cause;
}

/** A copy that was cut before it ran is no end of the VM. */
function isUnfinishedCopy(before: ActiveRecord, end: DomainEnd): boolean {
  return before.state === "incoming" && before.domainId === end.id && end.cause === "cut";
}

/** The same run under another VM's name. */
function isRenamed(before: ActiveRecord, look: Look): boolean {
  return look.reading.domains.some((domain) => domain.id === before.domainId && domain.vm !== before.vm);
}

function isNeeded(off: OffRecord, { node, placementOf }: RecordsInput): boolean {
  const placement = placementOf(off.vm);
  return placement !== null && concerns(placement, node) && placement.epoch <= off.epoch;
}
