/** What the report says of one VM or node, as "name  value" lines: the live upper part of its detail view. */
import type { BlockedReport, NodeReport, ReasonReport, VmReport } from "../../reconciler/model/report.ts";
import { formatBytes, formatMoment } from "./amounts.ts";
import { sourceLabel } from "./change-entries.ts";
import { joinLines, span, type Line, type Tone } from "./line.ts";
import { cpuUse, memoryUse, nodeState } from "./node-table.ts";
import { entry, markerCells, type Canvas, type Entry } from "./panel.ts";
import { wrap } from "./text.ts";
import { stepProgress, vmState } from "./vm-table.ts";

export function vmFacts(vm: VmReport, canvas: Canvas): readonly Entry[] {
  const { glyphs } = canvas;
  const { held, step } = vm;
  return [
    fact("state", joinLines([vmState(vm, glyphs), staleMark(vm.stale, canvas)], span("  "))),
    ...reasonFacts(vm.reason, canvas),
    ...(step === null
      ? []
      : [movingFact("under way", (now) => [span(`${step.text}  `), ...stepProgress(step, now, 16, glyphs)])]),
    fact("node", [span(vm.node ?? "none"), ...awayMark(vm, canvas)]),
    ...(held === null
      ? []
      : [
          movingFact("held", (now) => [
            span(`by ${held.by} of ${held.node} since ${formatMoment(held.since, now)}`, "warn"),
          ]),
        ]),
    fact("size", [span(`${formatBytes(vm.memoryBytes)}, ${String(vm.cpus)} CPU${vm.cpus === 1 ? "" : "s"}`)]),
    fact("may run on", [span(vm.limits === null ? "any node" : vm.limits.join(", "))]),
    fact("selector", [span(vm.selector), span(vm.selectorIsDefault ? " (the cluster's)" : "", "muted")]),
    fact("restarts", [
      span(vm.autorestart ? "autorestart" : "no autorestart"),
      span(`, priority ${vm.priority}`),
    ]),
    fact("networks", networks(vm, canvas)),
    ...(vm.tags.length === 0 ? [] : [fact("tags", [span(vm.tags.join(", "))])]),
    ...(vm.source === null ? [] : [fact("file", [span(sourceLabel(vm.source))])]),
  ];
}

export function nodeFacts(node: NodeReport, canvas: Canvas): readonly Entry[] {
  const { glyphs } = canvas;
  const { readAt } = node;
  const free = node.memoryFreeBytes === null ? "" : `  ${formatBytes(node.memoryFreeBytes)} free now`;
  return [
    fact("state", joinLines([nodeState(node, glyphs), staleMark(node.stale, canvas)], span("  "))),
    ...reasonFacts(node.reason, canvas),
    ...(node.maintenance
      ? [fact("maintenance", [span(`${glyphs.alert} on: not fenced, takes nothing`, "warn")])]
      : []),
    fact("memory", [...memoryUse(node, 20, glyphs), span(free, "muted")]),
    fact("cpus", [
      ...cpuUse(node, 20, glyphs),
      span(node.load === null ? "" : `  load ${node.load.toFixed(2)}`, "muted"),
    ]),
    ...told("vms", node.vms.length === 0 ? "none" : node.vms.join(", "), "plain", canvas),
    ...(readAt === null ? [] : [movingFact("last news", (now) => [span(formatMoment(readAt, now))])]),
    ...(node.source === null ? [] : [fact("file", [span(sourceLabel(node.source))])]),
  ];
}

/** What keeps something from being done about the object. */
export function blockedFacts(blocked: readonly BlockedReport[], canvas: Canvas): readonly Entry[] {
  return blocked.flatMap(({ reason }) => [
    ...told("blocked", `${canvas.glyphs.alert} ${reason.code}: ${reason.text}`, "bad", canvas),
    ...(reason.advice === null ? [] : told("to do", reason.advice, "warn", canvas)),
  ]);
}

const nameCells = 13;

function fact(name: string, value: Line): Entry {
  return entry(null, [span(name.padEnd(nameCells), "muted"), ...value]);
}

function movingFact(name: string, value: (now: number) => Line): Entry {
  return { key: null, line: (now) => [span(name.padEnd(nameCells), "muted"), ...value(now)] };
}

/** Text that is read in full: broken into as many lines as it needs. */
function told(name: string, text: string, tone: Tone, canvas: Canvas): readonly Entry[] {
  const lines = wrap(text, Math.max(20, canvas.cells - markerCells - nameCells));
  return lines.map((line, index) => fact(index === 0 ? name : "", [span(line, tone)]));
}

function reasonFacts(reason: ReasonReport, canvas: Canvas): readonly Entry[] {
  const why = told("why", `${reason.text} (${reason.code})`, "plain", canvas);
  return reason.advice === null ? why : [...why, ...told("to do", reason.advice, "warn", canvas)];
}

function staleMark(stale: boolean, canvas: Canvas): Line {
  return stale ? [span(`${canvas.glyphs.stale} stale: as last seen`, "warn")] : [];
}

function awayMark(vm: VmReport, canvas: Canvas): Line {
  if (vm.home === null || vm.home === vm.node) return [];
  const why = vm.displaced === null ? "" : ` (${vm.displaced})`;
  return [span(`  ${canvas.glyphs.away} home ${vm.home}${why}`, "warn")];
}

function networks(vm: VmReport, canvas: Canvas): Line {
  if (vm.networks.length === 0) return [span("none", "muted")];
  return joinLines(
    vm.networks.map(({ name, defined }) =>
      defined ? [span(name)] : [span(`${canvas.glyphs.alert} ${name} (not defined)`, "bad")],
    ),
    span(", "),
  );
}
