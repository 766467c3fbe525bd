/**
 * The leader's decisions as transactions. Each is one VM's change, whole: placement, step, hold, claims, the request
 * that it uses up and the event that tells of it. Each compares the leadership and the placement that it was planned
 * on, so nothing planned on an older state is ever written.
 */
import type { ReleasedStep, VolumeClaim } from "../model/journal.ts";
import { type NodeName, objectId, type VmName } from "../model/names.ts";
import type { Cancellation, PlannedRecord, PlannedStep } from "../model/plan.ts";
import { describeReason } from "../model/reasons.ts";
import { describeStep, nodesOf, type Step } from "../model/step.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Compare, Operation, Transaction } from "../store/store.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { EventLog } from "./event-log.ts";
import { compareDeaths, deadOwnersOf } from "./fence/deaths.ts";

export interface Writer {
  readonly keys: ClusterKeys;
  /** What each of its transactions compares: that it leads, and that the store may be believed. */
  readonly guard: readonly Compare[];
  readonly events: EventLog;
  readonly now: number;
}

/** What is to be written, whole or not at all. Of one VM at most one is under way at a time. */
export interface Decision {
  /** A VM, a node, or another record of the cluster. */
  readonly about: string;
  readonly transaction: Transaction;
}

export function releaseStep(writer: Writer, state: ClusterState, planned: PlannedStep): Decision {
  const { keys } = writer;
  const { step, before } = planned;
  const released = { step, releasedAt: writer.now, cancel: false };
  const record = encode(before === undefined ? released : { ...released, before });
  return {
    about: step.vm,
    transaction: {
      compare: [
        ...writer.guard,
        ...comparePlacements(writer, state, step.vm, planned.replaces),
        ...compareRequests(writer, state, planned.consumes),
        // What was decided for is still what is wanted: nothing starts that was taken away meanwhile.
        { key: keys.head, modRevision: state.applied.revision },
        ...compareDeaths(writer, state, deadOwnersOf(state, namesOf(step.vm, planned.replaces))),
        ...nodesOf(step).map((node) => ({ key: keys.step(node, step.id), createRevision: 0 })),
      ],
      then: [
        { put: keys.placement(step.vm), value: encode(planned.placement) },
        ...nodesOf(step).map((node) => ({ put: keys.step(node, step.id), value: record })),
        ...planned.claims.map((claim) => putClaim(writer, claim)),
        ...writeTries(writer, step.vm, planned.tries),
        ...useUp(writer, planned.consumes),
        ...replace(writer, state, step.vm, planned.replaces),
        writer.events.put({
          object: objectId("VM", step.vm),
          level: "note",
          code: step.kind,
          text: `${describeStep(step)}: ${describeReason(step.reason)}`,
        }),
      ],
    },
  };
}

export function writeRecord(writer: Writer, state: ClusterState, record: PlannedRecord): Decision {
  const { keys } = writer;
  const { vm, placement } = record;
  return {
    about: vm,
    transaction: {
      compare: [
        ...writer.guard,
        ...comparePlacements(writer, state, vm, record.replaces),
        ...compareRequests(writer, state, record.consumes),
        ...compareDeaths(writer, state, deadOwnersOf(state, namesOf(vm, record.replaces))),
        ...(record.replaces === null ? [] : [{ key: keys.head, modRevision: state.applied.revision }]),
      ],
      then: [
        placement === null
          ? { delete: keys.placement(vm) }
          : { put: keys.placement(vm), value: encode(placement) },
        ...writeTries(writer, vm, record.tries),
        ...useUp(writer, record.consumes),
        ...replace(writer, state, vm, record.replaces),
        ...handIdentity(writer, state, vm, record.replaces),
        writer.events.put({
          object: objectId("VM", vm),
          level: "note",
          code: record.reason.code,
          text: describeReason(record.reason),
        }),
      ],
    },
  };
}

/**
 * Takes a released step back. Where nobody claimed it, it is withdrawn for good: the comparison proves that it never
 * began. Where somebody did, its agent is asked to end it, and its report tells what became of it.
 */
export function cancelStep(writer: Writer, state: ClusterState, cancellation: Cancellation): Decision {
  const { released } = cancellation;
  const { step } = released;
  const vm = step.vm;
  const withdrawn = released.progress.size === 0;
  const event = writer.events.put({
    object: objectId("VM", vm),
    level: "note",
    code: "cancel",
    text: `${describeStep(step)} is ${withdrawn ? "withdrawn" : "cancelled"}: ${describeReason(cancellation.reason)}`,
  });
  const compare = [...writer.guard, ...comparePlacements(writer, state, vm, null)];
  if (withdrawn) {
    return {
      about: vm,
      transaction: {
        compare: [...compare, ...unclaimed(writer, step, nodesOf(step))],
        then: [...withdraw(writer, state, released), event],
      },
    };
  }
  const record = encode({ step, releasedAt: released.releasedAt, cancel: true });
  const then = nodesOf(step).map((node) => ({ put: writer.keys.step(node, step.id), value: record }));
  return { about: vm, transaction: { compare, then: [...then, event] } };
}

/** That none of these nodes has claimed the step: then taking it away is proof that it never begins there. */
export function unclaimed(writer: Writer, { id }: Step, nodes: readonly NodeName[]): Compare[] {
  return nodes.map((node) => ({ key: writer.keys.progress(node, id), createRevision: 0 }));
}

/**
 * A start that never began leaves the VM on no node, and what was put out is still to be held; a migration that never
 * began leaves it where it is.
 */
function withdraw(writer: Writer, state: ClusterState, released: ReleasedStep): Operation[] {
  const { step } = released;
  const operations: Operation[] = nodesOf(step).map((node) => ({ delete: writer.keys.step(node, step.id) }));
  const placement = state.placements.get(step.vm)?.placement;
  if (placement === undefined) return operations;
  const key = writer.keys.placement(step.vm);
  if (step.kind === "start")
    operations.push({ put: key, value: encode({ ...placement, node: null, ...released.before }) });
  if (step.kind === "migrate") operations.push({ put: key, value: encode({ ...placement, moving: null }) });
  return operations;
}

function namesOf(vm: VmName, former: VmName | null): readonly VmName[] {
  return former === null ? [vm] : [vm, former];
}

export function comparePlacements(
  writer: Writer,
  state: ClusterState,
  vm: VmName,
  former: VmName | null,
): Compare[] {
  return namesOf(vm, former).map((name) => ({
    key: writer.keys.placement(name),
    modRevision: state.placements.get(name)?.revision ?? 0,
  }));
}

function compareRequests(writer: Writer, state: ClusterState, ids: readonly string[]): Compare[] {
  return ids.map((id) => ({
    key: writer.keys.request(id),
    modRevision: state.requests.get(id)?.revision ?? 0,
  }));
}

function useUp(writer: Writer, ids: readonly string[]): Operation[] {
  return ids.map((id) => ({ delete: writer.keys.request(id) }));
}

function writeTries(writer: Writer, vm: VmName, tries: PlannedStep["tries"]): Operation[] {
  if (tries === undefined) return [];
  const key = writer.keys.tries(vm);
  return [tries === null ? { delete: key } : { put: key, value: encode(tries) }];
}

export function putClaim(writer: Writer, claim: VolumeClaim): Operation {
  return { put: writer.keys.volume(claim.pool, claim.volume), value: encode(claim) };
}

/** The records of a VM's former name become this one's. */
function replace(writer: Writer, state: ClusterState, vm: VmName, former: VmName | null): Operation[] {
  if (former === null) return [];
  return [
    { delete: writer.keys.placement(former) },
    { delete: writer.keys.tries(former) },
    ...handClaims(writer, state, former, vm),
  ];
}

/** Who it is goes with a renamed VM: the next one of its former name, unless that is wanted by now, is another one. */
export function handIdentity(
  { keys }: Writer,
  { desired, identities }: ClusterState,
  vm: VmName,
  former: VmName | null,
): Operation[] {
  const identity = former === null ? undefined : identities.get(former);
  if (former === null || identity === undefined) return [];
  return [
    ...(identities.has(vm) ? [] : [{ put: keys.identity(vm), value: encode(identity) }]),
    ...(desired.vms.has(former) ? [] : [{ delete: keys.identity(former) }]),
  ];
}

export function handClaims(writer: Writer, state: ClusterState, from: VmName, to: VmName): Operation[] {
  const claims = [...state.volumes.values()].filter((claim) => claim.vm === from);
  return claims.map((claim) => putClaim(writer, { ...claim, vm: to }));
}
