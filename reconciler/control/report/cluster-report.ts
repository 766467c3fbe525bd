/** The whole cluster at one revision, ready to be drawn. */
import type { Vm } from "../../model/desired.ts";
import type { ReleasedStep } from "../../model/journal.ts";
import { byName, objectId, type NodeName } from "../../model/names.ts";
import type { ObservedNode } from "../../model/observed.ts";
import type { Plan, VmView } from "../../model/plan.ts";
import { type Placement, unplaced } from "../../model/placement.ts";
import type { ClusterReport, NodeReport, StepProgressReport, VmReport } from "../../model/report.ts";
import { describeStep, type Progress } from "../../model/step.ts";
import { plan } from "../../plan/plan.ts";
import type { ActiveDomain } from "../../plan/vm-facts.ts";
import type { ClusterState } from "../cluster-state.ts";
import { presentInput } from "../plan-input.ts";
import { reportFlush } from "./flush-report.ts";
import { maintenanceInForce } from "./maintenance-report.ts";
import { reportDrift } from "./plan-report.ts";
import { reportReason } from "./reasons.ts";
import { reportRequest } from "./request-report.ts";

/** Events shown; each writer keeps as many. */
const eventsShown = 500;

/** What the control loop makes of the records as they stand: the same plan, made by whoever looks. */
export function planOf(state: ClusterState, now: number): Plan {
  return plan(presentInput(state, now));
}

export function reportCluster(state: ClusterState, planned: Plan, now: number): ClusterReport {
  const { desired, applied } = state;
  const released = state.released();
  const vms = [...planned.vms.values()].map((view) =>
    reportVm(state, view, released.get(view.recordedAs) ?? null, now),
  );
  const nodes = [...planned.nodes.keys()].sort(byName).map((name) => reportNode(state, planned, name, vms));
  const maintenance = maintenanceInForce(state);
  return {
    cluster: desired.cluster.name,
    generation: applied.head?.generation ?? 0,
    appliedAt: applied.head?.at ?? null,
    appliedBy: applied.head?.by ?? null,
    mode: desired.cluster.reconcile.mode,
    maintenance: maintenance.cluster,
    nodesInMaintenance: maintenance.nodes,
    frozen: frozenOf(state),
    leader: state.leader?.id ?? null,
    revision: state.revision,
    nodes,
    vms,
    blocked: planned.blocked.map(({ object, reason }) => {
      const id = objectId(object.kind, object.name);
      return { object: id, reason: reportReason(reason), source: desired.sources.get(id) ?? null };
    }),
    drift: planned.drift.map(reportDrift),
    requests: [...state.requests.values()].map(reportRequest).sort((a, b) => byName(a.name, b.name)),
    spare: null,
    source: [...state.sources.values()][0] ?? null,
    events: [...state.events.values()]
      .sort((a, b) => b.at - a.at || b.number - a.number)
      .slice(0, eventsShown),
  };
}

function frozenOf({ store }: ClusterState): ClusterReport["frozen"] {
  const { frozen } = store.record;
  return frozen === null ? null : { why: frozen.why, by: frozen.by };
}

function reportVm(state: ClusterState, view: VmView, released: ReleasedStep | null, now: number): VmReport {
  const { desired } = state;
  const id = objectId("VM", view.name);
  const vm = desired.vms.get(view.name) ?? null;
  const placement = state.placements.get(view.recordedAs)?.placement ?? unplaced;
  const domain = view.node === null ? undefined : state.nodes.get(view.node)?.domains.get(view.recordedAs);
  const live = domain === undefined || domain.state === "off" ? null : domain.live;
  return {
    kind: "VM",
    name: view.name,
    state: view.state,
    node: view.node,
    home: placement.home,
    displaced: placement.displaced,
    held: heldOf(placement),
    reason: reportReason(view.reason),
    epoch: placement.epoch,
    memoryBytes: live?.memoryBytes ?? vm?.memoryBytes ?? 0,
    cpus: live?.cpus ?? vm?.cpus ?? 0,
    limits: vm?.limits ?? null,
    selector: vm?.selector ?? desired.cluster.selector,
    selectorIsDefault: (vm?.selector ?? null) === null,
    autorestart: vm?.autorestart ?? false,
    priority: vm?.priority ?? "normal",
    tags: vm?.tags ?? [],
    networks: networksOf(state, vm),
    step: released === null ? null : reportProgress(released, now),
    stale: view.node !== null && isStale(state.nodes.get(view.node)),
    source: desired.sources.get(id) ?? null,
  };
}

function heldOf({ held }: Placement): VmReport["held"] {
  return held === null ? null : { by: held.by, node: held.node, since: held.since };
}

function networksOf(state: ClusterState, vm: Vm | null): VmReport["networks"] {
  const names = [...new Set(vm?.nics.map((nic) => nic.network) ?? [])];
  return names.map((name) => ({ name, defined: state.desired.networks.has(name) }));
}

/** What its node tells was seen in another session, or nobody is there to tell. */
function isStale(node: ObservedNode | null): boolean {
  if (node?.alive == null || node.agent === null || node.status === null) return true;
  if (node.status.unreadable !== undefined) return true;
  return node.status.session.lease !== node.alive.lease || node.status.session.bootId !== node.alive.bootId;
}

/** The acting node's word; a migration is followed at its source. */
function reportProgress(released: ReleasedStep, now: number): StepProgressReport {
  const { step, releasedAt } = released;
  const progress = released.progress.get(step.node) ?? null;
  const common = { kind: step.kind, text: describeStep(step) };
  if (progress === null)
    return { ...common, phase: "released", percent: null, detail: null, since: releasedAt };
  return { ...common, ...phaseOf(progress, now) };
}

function phaseOf(progress: Progress, now: number): Omit<StepProgressReport, "kind" | "text"> {
  switch (progress.phase) {
    case "running":
      return { phase: "running", percent: progress.percent, detail: progress.detail, since: progress.since };
    case "failed":
      return { phase: "failed", percent: null, detail: progress.detail, since: progress.at };
    case "done":
      return { phase: "done", percent: 100, detail: progress.detail, since: progress.at };
    case "claimed":
    case "cancelled":
      return { phase: progress.phase, percent: null, detail: null, since: Math.min(progress.at, now) };
  }
}

function reportNode(
  state: ClusterState,
  planned: Plan,
  name: NodeName,
  vms: readonly VmReport[],
): NodeReport {
  const view = planned.nodes.get(name);
  if (view === undefined) throw new TypeError(`the plan has no view of ${name}`);
  const observed = state.nodes.get(name);
  const status = observed?.status ?? null;
  const active = activeOn(observed);
  const seen = new Set(active.map(({ vm }) => vm));
  const arriving = vms.filter((vm) => vm.node === name && isStarting(vm) && !seen.has(vm.name));
  const document = state.desired.nodes.get(name);
  return {
    kind: "Node",
    name,
    state: view.state,
    reason: reportReason(view.reason),
    alive: observed?.alive != null,
    fenced: view.state === "fenced",
    maintenance: state.maintenance?.record.nodes[name]?.on ?? document?.maintenance.on ?? false,
    vms: active.map((domain) => domain.vm).sort(byName),
    memoryBytes: status?.memoryBytes ?? null,
    memoryGuestBytes: sumOf([
      ...active.map((domain) => domain.live.memoryBytes),
      ...arriving.map((vm) => vm.memoryBytes),
    ]),
    memoryFreeBytes: status?.memoryFreeBytes ?? null,
    cpus: status?.cpus ?? null,
    vcpus: sumOf(active.map((domain) => domain.live.cpus)),
    load: status?.load ?? null,
    readAt: status?.readAt ?? null,
    stale: isStale(observed),
    flush: reportFlush(state, planned, name),
    source: state.desired.sources.get(objectId("Node", name)) ?? null,
  };
}

function isStarting({ state, step }: VmReport): boolean {
  return state === "starting" && step?.kind === "start";
}

function activeOn(node: ObservedNode | null): readonly ActiveDomain[] {
  return [...(node?.domains.values() ?? [])].filter((domain) => domain.state !== "off");
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
