import type { StepProgressReport, VmReport } from "../../reconciler/model/report.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { bar } from "./bar.ts";
import { layOut, widest, type Column, type Table } from "./columns.ts";
import type { Glyphs } from "./glyphs.ts";
import { joinLines, span, type Line } from "./line.ts";
import { markerCells, type Canvas } from "./panel.ts";
import { formatBytes, formatElapsed } from "./amounts.ts";
import { vmTones } from "./states.ts";

/** The table of VMs; columns are as wide as the names in `vms` need. */
export function vmTable(vms: readonly VmReport[], canvas: Canvas): Table<VmReport> {
  return layOut(vmColumns(vms, canvas.glyphs), canvas.cells - markerCells, canvas.glyphs);
}

/** Sign and word of a VM's state. */
export function vmState(vm: VmReport, glyphs: Glyphs): Line {
  return [span(`${glyphs.vm[vm.state]} ${vm.state}`, vm.stale ? "warn" : vmTones[vm.state])];
}

/** A step under way: bar and percent where there is something to count, how long, and what it says of itself. */
export function stepProgress(step: StepProgressReport, now: number, barCells: number, glyphs: Glyphs): Line {
  const elapsed = formatElapsed(now - step.since);
  const detail = step.detail === null ? [] : [span(`  ${step.detail}`, "muted")];
  switch (step.phase) {
    case "released":
      return [span(`waits for its agent  ${elapsed}`, "muted")];
    case "claimed":
    case "running":
      return [...percentBar(step.percent, barCells, glyphs), span(elapsed), ...detail];
    case "done":
      return [span(`${glyphs.good} done`, "ok"), ...detail];
    case "failed":
      return [span(`${glyphs.alert} failed`, "bad"), ...detail];
    case "cancelled":
      return [span("cancelled", "warn"), ...detail];
    default:
      return unreachable(step.phase);
  }
}

/** What must be seen of a VM beyond its state: undefined networks, stale data, progress, the reason. */
export function vmNote(vm: VmReport, now: number, glyphs: Glyphs): Line {
  const undefinedNetworks = undefinedNetworksOf(vm);
  return joinLines(
    [
      undefinedNetworks.length === 0 ? [] : [span(networkAlarm(undefinedNetworks, glyphs), "bad")],
      vm.stale ? [span(`${glyphs.stale} stale`, "warn")] : [],
      vm.step === null ? vmReason(vm) : stepProgress(vm.step, now, noteBarCells, glyphs),
    ],
    span(` ${glyphs.dot} `, "muted"),
  );
}

const noteBarCells = 10;
const ordinary: ReadonlySet<VmReport["state"]> = new Set(["running", "stopped", "disabled"]);

/** A VM that runs at home needs no words. */
function vmReason(vm: VmReport): Line {
  if (vm.reason.code === "duplicate") return [span(vm.reason.text, "bad")];
  if (vm.state === "running" && vm.node === vm.home) return [];
  return [span(vm.reason.text, ordinary.has(vm.state) ? "muted" : "plain")];
}

function undefinedNetworksOf(vm: VmReport): readonly string[] {
  return vm.networks.filter((network) => !network.defined).map((network) => network.name);
}

function vmName(vm: VmReport) {
  return span(vm.name, undefinedNetworksOf(vm).length === 0 ? "title" : "bad");
}

function networkAlarm(names: readonly string[], glyphs: Glyphs): string {
  const which = names.length === 1 ? `network ${names.join()}` : `networks ${names.join(", ")}`;
  return `${glyphs.alert} ${which} not defined`;
}

function percentBar(percent: number | null, cells: number, glyphs: Glyphs): Line {
  if (percent === null) return [];
  return [
    ...bar(percent / 100, cells, "busy", glyphs),
    span(`${String(Math.floor(percent)).padStart(3)}%  `),
  ];
}

function vmColumns(vms: readonly VmReport[], glyphs: Glyphs): readonly Column<VmReport>[] {
  const nodes = vms.map((vm) => vm.node ?? "");
  const homes = vms.map((vm) => vm.home ?? "");
  const left = { grows: false, align: "left" as const };
  const right = { grows: false, align: "right" as const };
  return [
    {
      ...left,
      title: "NAME",
      cells: widest(names(vms), 6, 24),
      drop: 0,
      cell: (vm) => [vmName(vm)],
    },
    { ...left, title: "STATE", cells: 12, drop: 0, cell: (vm) => vmState(vm, glyphs) },
    { ...left, title: "NODE", cells: widest(nodes, 4, 16), drop: 1, cell: (vm) => [orDash(vm.node)] },
    {
      ...left,
      title: "HOME",
      cells: widest(homes, 4, 16) + glyphs.away.length + 1,
      drop: 4,
      cell: (vm) => home(vm, glyphs),
    },
    { ...right, title: "MEMORY", cells: 8, drop: 3, cell: (vm) => [span(formatBytes(vm.memoryBytes))] },
    { ...right, title: "CPU", cells: 3, drop: 5, cell: (vm) => [span(String(vm.cpus))] },
    { title: "", cells: 8, grows: true, align: "left", drop: 2, cell: (vm, now) => vmNote(vm, now, glyphs) },
  ];
}

function* names(vms: readonly VmReport[]): Iterable<string> {
  for (const vm of vms) yield vm.name;
}

function orDash(name: string | null) {
  return name === null ? span("-", "muted") : span(name);
}

function home(vm: VmReport, glyphs: Glyphs): Line {
  if (vm.home === null) return [span("-", "muted")];
  if (vm.node === vm.home || vm.node === null) return [span(vm.home, "muted")];
  return [span(`${glyphs.away} ${vm.home}`, "warn")];
}
