/** The only place in the tree that builds steps. Each comes with the placement that is written when it is released. */
import type { Disk, Vm } from "../model/desired.ts";
import { type HardwareField, withFields } from "../model/hardware.ts";
import type { Nowhere, Tries, VolumeClaim } from "../model/journal.ts";
import type { NodeName, VmName } from "../model/names.ts";
import { type Displaced, nextEpoch, type Placement } from "../model/placement.ts";
import type { PlannedStep } from "../model/plan.ts";
import type { Reason } from "../model/reasons.ts";
import type { DiskSpec, Step, StepOf } from "../model/step.ts";
import { diskSpec, domainSpec } from "./hardware.ts";
import { claimKey } from "./usable.ts";
import type { ActiveDomain, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

type Draft = Omit<PlannedStep, "after" | "waits" | "claims" | "consumes" | "replaces"> &
  Partial<Pick<PlannedStep, "claims" | "consumes" | "replaces">>;

function planned(draft: Draft): PlannedStep {
  return { after: [], waits: null, claims: [], consumes: [], replaces: null, ...draft };
}

/** Unique while it lives: each release writes the placement, so its revision grows with each. */
function stepId(facts: VmFacts): string {
  return `${facts.name}.${String(facts.revision)}`;
}

export function startStep(
  world: World,
  facts: VmFacts,
  vm: Vm,
  to: {
    node: NodeName;
    reason: Reason;
    displaced: Displaced | null;
    consumes: readonly string[];
    before: Nowhere;
    tries?: Tries | null;
  },
): PlannedStep {
  const { desired, journal } = world.input;
  const epoch = nextEpoch(facts.placement);
  return planned({
    step: {
      kind: "start",
      id: stepId(facts),
      vm: vm.name,
      node: to.node,
      epoch,
      reason: to.reason,
      spec: domainSpec(vm, facts.identity, desired, journal.volumes),
    },
    placement: {
      ...facts.placement,
      node: to.node,
      home: facts.placement.home ?? to.node,
      epoch,
      displaced: to.displaced,
      held: null,
      ended: null,
    },
    before: to.before,
    claims: newClaims(world, vm, to.node),
    consumes: to.consumes,
    ...(to.tries === undefined ? {} : { tries: to.tries }),
  });
}

export function stopStep(
  facts: VmFacts,
  vm: Vm,
  node: NodeName,
  method: "graceful" | "cut",
  reason: Reason,
  displaced: Displaced | null = null,
): PlannedStep {
  return planned({
    step: {
      kind: "stop",
      id: stepId(facts),
      vm: vm.name,
      node,
      epoch: facts.placement.epoch,
      reason,
      method,
      timeoutMs: vm.shutdown.timeoutMs,
      then: vm.shutdown.then,
      displaced,
    },
    placement: facts.placement,
  });
}

/** Of what is not the VM any more, also where nobody wants a VM of that name. */
export function cutStep(
  facts: VmFacts,
  node: NodeName,
  reason: Reason,
  meant: Pick<StepOf<"stop">, "copy" | "domain">,
): PlannedStep {
  const { placement } = facts;
  return planned({
    step: {
      kind: "stop",
      id: stepId(facts),
      vm: facts.name,
      node,
      epoch: placement.epoch,
      reason,
      method: "cut",
      timeoutMs: 0,
      then: "poweroff",
      displaced: null,
      ...meant,
    },
    placement,
  });
}

export function restartStep(
  world: World,
  facts: VmFacts,
  vm: Vm,
  node: NodeName,
  reason: Reason,
  consumes: readonly string[],
): PlannedStep {
  const { desired, journal } = world.input;
  const epoch = nextEpoch(facts.placement);
  return planned({
    step: {
      kind: "restart",
      id: stepId(facts),
      vm: vm.name,
      node,
      epoch,
      reason,
      spec: domainSpec(vm, facts.identity, desired, journal.volumes),
      timeoutMs: vm.shutdown.timeoutMs,
    },
    placement: { ...facts.placement, epoch },
    claims: newClaims(world, vm, node),
    consumes,
  });
}

export function migrateStep(
  world: World,
  facts: VmFacts,
  vm: Vm,
  move: { from: NodeName; to: NodeName; reason: Reason; displaced: Displaced | null },
): PlannedStep {
  const { desired, journal } = world.input;
  const id = stepId(facts);
  const toEpoch = nextEpoch(facts.placement);
  return planned({
    step: {
      kind: "migrate",
      id,
      vm: vm.name,
      node: move.from,
      epoch: facts.placement.epoch,
      reason: move.reason,
      to: move.to,
      toEpoch,
      spec: domainSpec(vm, facts.identity, desired, journal.volumes),
      maxDowntimeMs: vm.migration.maxDowntimeMs,
    },
    placement: {
      ...facts.placement,
      moving: { to: move.to, epoch: toEpoch, step: id, displaced: move.displaced },
    },
  });
}

export function updateStep(
  world: World,
  facts: VmFacts,
  vm: Vm,
  domain: ActiveDomain,
  node: NodeName,
  fields: readonly HardwareField[],
  reason: Reason,
  consumes: readonly string[],
): PlannedStep {
  const { desired, journal } = world.input;
  const spec = domainSpec(vm, facts.identity, desired, journal.volumes);
  return planned({
    step: {
      kind: "update",
      id: stepId(facts),
      vm: vm.name,
      node,
      epoch: facts.placement.epoch,
      reason,
      hardware: withFields(domain.live, spec.hardware, fields),
      fields,
      spec,
    },
    placement: facts.placement,
    claims: fields.includes("disks") ? newClaims(world, vm, node) : [],
    consumes,
  });
}

export function destroyStep(
  world: World,
  facts: VmFacts,
  vm: Vm,
  node: NodeName,
  disks: readonly string[],
  reason: Reason,
  consumes: readonly string[],
): PlannedStep {
  const { desired, journal } = world.input;
  const named: DiskSpec[] = vm.disks
    .filter((disk) => disks.includes(disk.name) && !disk.shared)
    .map((disk) => diskSpec(disk, desired, journal.volumes));
  return planned({
    step: {
      kind: "destroy",
      id: stepId(facts),
      vm: vm.name,
      node,
      epoch: facts.placement.epoch,
      reason,
      disks: named,
    },
    placement: facts.placement,
    consumes,
  });
}

export function adoptStep(world: World, facts: VmFacts, vm: Vm, node: NodeName, reason: Reason): PlannedStep {
  const { desired, journal } = world.input;
  const home = facts.placement.home ?? node;
  const epoch = nextEpoch(facts.placement);
  return planned({
    step: {
      kind: "adopt",
      id: stepId(facts),
      vm: vm.name,
      node,
      epoch,
      reason,
      spec: domainSpec(vm, facts.identity, desired, journal.volumes),
    },
    placement: { ...facts.placement, node, home, epoch, displaced: home === node ? null : "start" },
    claims: newClaims(world, vm, node),
  });
}

export function renameStep(
  facts: VmFacts,
  former: { name: VmName; placement: Placement },
  node: NodeName,
  reason: Reason,
): PlannedStep {
  const step: Step = {
    kind: "rename",
    id: stepId(facts),
    vm: facts.name,
    node,
    epoch: former.placement.epoch,
    reason,
    from: former.name,
  };
  return planned({ step, placement: former.placement, replaces: former.name });
}

/** The volumes that become the VM's by starting it on `node`: those that nobody has yet. */
function newClaims(world: World, vm: Vm, node: NodeName): VolumeClaim[] {
  return vm.disks
    .filter((disk) => !world.input.journal.volumes.has(claimKey(disk)))
    .map((disk) => ({ ...claimOf(disk), vm: vm.name, born: null, node: isLocal(world, disk) ? node : null }));
}

function claimOf(disk: Disk): { pool: string; volume: string } {
  return disk.source === "volume"
    ? { pool: disk.pool, volume: disk.volume }
    : { pool: "file", volume: disk.path };
}

function isLocal(world: World, disk: Disk): boolean {
  if (disk.source === "file") return !disk.shared;
  return world.input.desired.pools.get(disk.pool)?.shared !== true;
}
