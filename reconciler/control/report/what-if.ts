/** The planner's answer to a what-if, in words. Reads what it is given; nothing is written anywhere. */
import { resolveVm } from "../../desired/resolve/resolve-vm.ts";
import type { Vm } from "../../model/desired.ts";
import { byName, type VmName } from "../../model/names.ts";
import type { Step } from "../../model/step.ts";
import type { LossReport, SpareReport, UnplacedReport } from "../../model/report.ts";
import type {
  EstimateReport,
  NewVms,
  Supposition,
  ToleranceReport,
  WhatIfReport,
} from "../../model/what-if-report.ts";
import type { PlanInput } from "../../plan/input.ts";
import { eachLoss, type Loss, toleranceOf, type Tolerance } from "../../plan/losses.ts";
import { durationOf, type Pace } from "../../plan/schedule.ts";
import { type Unplaced, type WhatIf, whatIf } from "../../plan/what-if.ts";
import { footprint, readWorld, type World } from "../../plan/world.ts";
import { reportReason } from "./reasons.ts";

/** What an estimate assumes: a migration's speed, and how long a guest takes to shut down. */
const assumedBytesPerSecond = 512 * 2 ** 20;
const assumedShutdownMs = 30_000;

/** `generation`: of `input`'s documents. Each node that is named is one of the input's; a flushed one has a document. */
export function reportWhatIf(input: PlanInput, supposed: Supposition, generation: number): WhatIfReport {
  const { desired } = input;
  const answer = whatIf(input, {
    lost: new Set(supposed.lose),
    flushed: new Set(supposed.flush),
    added: newVms(input, supposed.addVms),
  });
  const single = [...eachLoss(answer.after)];
  const { migrations, migrationsPerNode } = desired.cluster.bounds;
  return {
    formatVersion: 1,
    cluster: desired.cluster.name,
    generation,
    supposed,
    fits: answer.unplaced.length === 0,
    moves: answer.moved.map(({ vm, from, to, method, why }) => {
      const memoryBytes = memoryOf(answer.after, vm);
      return { vm, from, to, method, memoryBytes, reason: reportReason(why) };
    }),
    unplaced: answer.unplaced.map(reportUnplaced),
    untouched: answer.untouched,
    nodes: answer.nodes.map((fill) => ({
      node: fill.node,
      closed: fill.closed === null ? null : reportReason(fill.closed),
      memoryBytes: fill.totalBytes,
      reserveBytes: fill.reserveBytes,
      usedBytesBefore: fill.before.usedBytes,
      usedBytesAfter: fill.after.usedBytes,
      vmsBefore: fill.before.vms,
      vmsAfter: fill.after.vms,
    })),
    bounds: { migrations, migrationsPerNode },
    estimate: supposed.flush.length === 0 ? null : estimate(answer),
    spare: spareOf(single),
    tolerance: reportTolerance(toleranceOf(answer.after, single)),
  };
}

/** Whether any one node could be lost as things stand. */
export function reportSpare(input: PlanInput): SpareReport {
  return spareOf([...eachLoss(readWorld(input))]);
}

/** `losses`: of each single node. */
export function spareOf(losses: readonly Loss[]): SpareReport {
  const bad = losses.filter(({ unplaced }) => unplaced.length > 0);
  return { ok: bad.length === 0, nodes: losses.length, losses: bad.map(reportLoss) };
}

function reportLoss({ nodes, unplaced }: Loss): LossReport {
  return { nodes, unplaced: unplaced.map(reportUnplaced) };
}

function reportUnplaced({ vm, from, ends, why }: Unplaced): UnplacedReport {
  return { vm, from, ends, reason: reportReason(why) };
}

function reportTolerance({ atLeast, atMost, witness }: Tolerance): ToleranceReport {
  return { atLeast, atMost, example: witness === null ? null : reportLoss(witness) };
}

/** VMs as a document with nothing but a size makes them, under names that nobody has. */
function newVms({ desired, placements }: PlanInput, wanted: readonly NewVms[]): Vm[] {
  const vms: Vm[] = [];
  let number = 0;
  for (const { count, memoryBytes } of wanted) {
    for (let made = 0; made < count; made += 1) {
      let name: VmName;
      do name = `new-${String((number += 1))}`;
      while (desired.vms.has(name) || placements.has(name));
      vms.push({ ...resolveVm({ kind: "VM", name }, {}), memoryBytes });
    }
  }
  return vms.sort((a, b) => byName(a.name, b.name));
}

function memoryOf(world: World, name: VmName): number {
  const vm = world.vms.get(name)?.document;
  return vm == null ? 0 : footprint(world, vm);
}

/** Until the last VM has left; what comes down from elsewhere at the same time takes its slots too. */
function estimate({ after, steps }: WhatIf): EstimateReport {
  const millisecondsOf = (shutdown: (step: Step & { kind: "stop" }) => number): Pace => {
    return (step) => {
      if (step.kind === "migrate") return (step.spec.hardware.memoryBytes / assumedBytesPerSecond) * 1000;
      return step.kind === "stop" ? shutdown(step) : 0;
    };
  };
  const seconds = (pace: Pace) => Math.ceil(durationOf(after, steps, pace) / 1000);
  const stops = steps.some(({ step }) => step.kind === "stop");
  const likely = millisecondsOf(({ timeoutMs }) => Math.min(timeoutMs, assumedShutdownMs));
  return {
    seconds: seconds(likely),
    atMostSeconds: stops ? seconds(millisecondsOf(({ timeoutMs }) => timeoutMs)) : null,
    assumes: stops ? "512MiB/s a migration, 30s a shutdown" : "512MiB/s a migration",
  };
}
