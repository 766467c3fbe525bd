import type { FlushReport, NodeReport } from "../../reconciler/model/report.ts";
import { bar, fillTone } from "./bar.ts";
import { layOut, widest, type Column, type Table } from "./columns.ts";
import type { Glyphs } from "./glyphs.ts";
import { joinLines, span, type Line } from "./line.ts";
import { markerCells, type Canvas } from "./panel.ts";
import { formatElapsed, formatShare } from "./amounts.ts";
import { nodeTones } from "./states.ts";

/** The table of nodes: bars of what guests were given, against what there is. */
export function nodeTable(nodes: readonly NodeReport[], canvas: Canvas): Table<NodeReport> {
  return layOut(nodeColumns(nodes, canvas), canvas.cells - markerCells, canvas.glyphs);
}

/** Sign and word of a node's state. */
export function nodeState(node: NodeReport, glyphs: Glyphs): Line {
  return [span(`${glyphs.node[node.state]} ${node.state}`, node.stale ? "warn" : nodeTones[node.state])];
}

/** Memory of the guests that run, start or are reserved there. */
export function memoryUse(node: NodeReport, barCells: number, glyphs: Glyphs): Line {
  if (node.memoryBytes === null) return [span("never reported", "muted")];
  const ratio = node.memoryBytes === 0 ? 0 : node.memoryGuestBytes / node.memoryBytes;
  return [
    ...bar(ratio, barCells, fillTone(ratio), glyphs),
    span(` ${formatShare(node.memoryGuestBytes, node.memoryBytes)}`),
  ];
}

/** vCPUs of the guests against the node's CPUs. More of them than CPUs is allowed, so a full bar is no alarm. */
export function cpuUse(node: NodeReport, barCells: number, glyphs: Glyphs): Line {
  if (node.cpus === null) return [];
  const ratio = node.cpus === 0 ? 0 : node.vcpus / node.cpus;
  return [
    ...bar(ratio, barCells, ratio > 1 ? "warn" : "ok", glyphs),
    span(` ${String(node.vcpus)}/${String(node.cpus)}`),
  ];
}

/** What must be seen of a node beyond its state; of one that is ready that is nothing. */
export function nodeNote(node: NodeReport, glyphs: Glyphs): Line {
  return joinLines(
    [
      node.maintenance ? [span(`${glyphs.alert} maintenance`, "warn")] : [],
      node.stale ? [span(`${glyphs.stale} stale`, "warn")] : [],
      node.state === "ready" ? [] : node.flush === null ? [span(node.reason.text)] : flushNote(node.flush),
    ],
    span(` ${glyphs.dot} `, "muted"),
  );
}

/** `3/8 left, ~0:40 blocked: gpu1`: the figures first, they are what changes. */
function flushNote({ done, total, remainingMs, blockers }: FlushReport): Line {
  const rest = remainingMs === null ? "" : `, ~${formatElapsed(remainingMs)}`;
  const names = blockers.map(({ vm }) => vm).join(", ");
  const blocked = names === "" ? [] : [span(` blocked: ${names}`, "warn" as const)];
  return [span(`${String(done)}/${String(total)} left${rest}`), ...blocked];
}

function nodeColumns(nodes: readonly NodeReport[], canvas: Canvas): readonly Column<NodeReport>[] {
  const { glyphs } = canvas;
  const names = nodes.map((node) => node.name);
  const roomy = canvas.cells >= 110;
  const memoryBar = roomy ? 20 : 8;
  const cpuBar = roomy ? 12 : 5;
  const left = { grows: false, align: "left" as const };
  const right = { grows: false, align: "right" as const };
  return [
    {
      ...left,
      title: "NAME",
      cells: widest(names, 4, 20),
      drop: 0,
      cell: (node) => [span(node.name, "title")],
    },
    { ...left, title: "STATE", cells: 14, drop: 0, cell: (node) => nodeState(node, glyphs) },
    {
      ...left,
      title: "MEMORY",
      cells: memoryBar + 12,
      drop: 1,
      cell: (node) => memoryUse(node, memoryBar, glyphs),
    },
    { ...left, title: "CPU", cells: cpuBar + 7, drop: 4, cell: (node) => cpuUse(node, cpuBar, glyphs) },
    { ...right, title: "LOAD", cells: 4, drop: 5, cell: (node) => [span(node.load?.toFixed(1) ?? "-")] },
    { ...right, title: "VMS", cells: 3, drop: 3, cell: (node) => [span(String(node.vms.length))] },
    { title: "", cells: 8, grows: true, align: "left", drop: 2, cell: (node) => nodeNote(node, glyphs) },
  ];
}
