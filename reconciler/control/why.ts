/** `keel why`: where a VM is and why, why not elsewhere with numbers, what is next, and which line asked for it. */
import type { Vm } from "../model/desired.ts";
import { byName, type NodeName, objectId, type VmName } from "../model/names.ts";
import type { Plan, VmView } from "../model/plan.ts";
import { unplaced } from "../model/placement.ts";
import type { DriftReport, ReasonReport, VmReport } from "../model/report.ts";
import { describeStep } from "../model/step.ts";
import { selectorOf } from "../plan/choose.ts";
import { whyNotUsable } from "../plan/usable.ts";
import { readWorld, type World } from "../plan/world.ts";
import type { ClusterState } from "./cluster-state.ts";
import { presentInput } from "./plan-input.ts";
import { isAbout } from "./report/drift-words.ts";
import { reportDrift } from "./report/plan-report.ts";
import { reportReason } from "./report/reasons.ts";

export interface WhyReport {
  readonly object: string;
  readonly state: string;
  readonly node: NodeName | null;
  readonly reason: ReasonReport;
  /** Each other node: why not there, or that it could go there. */
  readonly elsewhere: readonly { readonly node: NodeName; readonly usable: boolean; readonly text: string }[];
  /** What happens next, in order; empty: nothing will. */
  readonly next: readonly string[];
  /** `vms/web.yaml:12`, or null for an orphan. */
  readonly source: string | null;
  readonly home: VmReport["home"];
  readonly displaced: VmReport["displaced"];
  /** What is not as it was written; of a node, the domains on it that are nobody's. */
  readonly drift: readonly DriftReport[];
}

/** null: there is no such VM. */
export function whyVm(state: ClusterState, planned: Plan, name: VmName, now: number): WhyReport | null {
  const view = planned.vms.get(name);
  if (view === undefined) return null;
  const vm = state.desired.vms.get(name) ?? null;
  const placement = state.placements.get(view.recordedAs)?.placement ?? unplaced;
  const source = state.desired.sources.get(objectId("VM", name));
  const world = readWorld(presentInput(state, now));
  return {
    object: objectId("VM", name),
    state: view.state,
    node: view.node,
    reason: reportReason(view.reason),
    elsewhere: vm === null ? [] : elsewhere(world, vm, view.node),
    next: whatNext(state, planned, view),
    source: source === undefined ? null : `${source.file}:${String(source.line)}`,
    home: placement.home,
    displaced: placement.displaced,
    drift: driftOf(planned, "VM", name),
  };
}

function elsewhere(world: World, vm: Vm, at: NodeName | null): WhyReport["elsewhere"] {
  const selector = selectorOf(world, vm);
  return world.nodeNames
    .filter((node) => node !== at)
    .sort(byName)
    .map((node) => {
      const why = whyNotUsable(world, vm, node);
      if (why !== null) return { node, usable: false, text: reportReason(why).text };
      const score = world.ledger.score(node, selector);
      return { node, usable: true, text: `usable; by ${selector} it scores ${scoreText(score)}` };
    });
}

function scoreText(score: number): string {
  return Number.isInteger(score) && Math.abs(score) > 2 ** 20
    ? `${(-score / 2 ** 30).toFixed(1)} GiB`
    : String(score);
}

function whatNext(state: ClusterState, planned: Plan, { name, recordedAs }: VmView): string[] {
  const released = state.released().get(recordedAs);
  const lines = released === undefined ? [] : [`${describeStep(released.step)} is under way`];
  for (const { step, waits } of planned.steps.filter((s) => s.step.vm === name)) {
    lines.push(
      waits === null ? describeStep(step) : `${describeStep(step)}, which ${reportReason(waits).text}`,
    );
  }
  return lines;
}

/** null: there is no such node. */
export function whyNode(state: ClusterState, planned: Plan, name: NodeName): WhyReport | null {
  const view = planned.nodes.get(name);
  if (view === undefined) return null;
  const source = state.desired.sources.get(objectId("Node", name));
  const next = planned.steps
    .filter(({ step }) => step.node === name || (step.kind === "migrate" && step.to === name))
    .map(({ step }) => describeStep(step));
  return {
    object: objectId("Node", name),
    state: view.state,
    node: null,
    reason: reportReason(view.reason),
    elsewhere: [],
    next,
    source: source === undefined ? null : `${source.file}:${String(source.line)}`,
    home: null,
    displaced: null,
    drift: driftOf(planned, "Node", name),
  };
}

function driftOf(planned: Plan, kind: "VM" | "Node", name: string): readonly DriftReport[] {
  return planned.drift.map(reportDrift).filter((entry) => isAbout(entry, kind, name));
}
