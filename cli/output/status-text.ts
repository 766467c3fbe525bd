import type { MaintenanceState } from "../../reconciler/model/maintenance.ts";
import { type NodeName, parseObjectId } from "../../reconciler/model/names.ts";
import type { StatusReport } from "../../reconciler/model/status-report.ts";
import type { Line } from "../../tui/view/line.ts";
import { blockedLines } from "./blocked-text.ts";
import { durationText } from "./duration-text.ts";
import { count } from "../../tui/view/amounts.ts";
import { flushText } from "./flush-text.ts";
import { maintenanceEndText } from "./maintenance-text.ts";
import { heading, type Layout, namesIn, paragraph, sections } from "./layout.ts";
import { spareLines } from "./spare-text.ts";

export function statusLines(status: StatusReport, now: number, layout: Layout): readonly Line[] {
  return sections([
    [
      ...paragraph(0, headLine(status), "title", layout),
      ...maintenanceLines(status, now, layout),
      ...paragraph(2, `nodes  ${countsText(status.nodes)}`, "plain", layout),
      ...paragraph(2, `vms    ${countsText(status.vms)}`, "plain", layout),
      ...driftLines(status, layout),
    ],
    troubleLines(status, layout),
    flushLines(status, layout),
    heldLines(status, now, layout),
    blockedLines(notHeld(status), layout),
    pendingLines(status, layout),
    [...spareLines(status.spare, layout), ...unprovableLines(status, layout)],
  ]);
}

/** `lab: generation 4 by root, led by r1`. */
function headLine({ cluster, generation, appliedBy, leader }: StatusReport): string {
  const by = appliedBy === null ? "" : ` by ${appliedBy}`;
  return `${cluster}: generation ${generation}${by}, ${leader === null ? "nobody leads" : `led by ${leader}`}`;
}

/** That of the cluster, and those of nodes: a line each for what is about to end, or should have, one for the others. */
function maintenanceLines(
  { maintenance, nodesInMaintenance }: StatusReport,
  now: number,
  layout: Layout,
): readonly Line[] {
  const ofNodes = Object.entries(nodesInMaintenance);
  const passing = ofNodes.filter(([, { ending, doubt }]) => ending || doubt);
  const others = ofNodes.filter(([, { ending, doubt }]) => !ending && !doubt).map(([name]) => name);
  const lines = [
    ...(maintenance.on ? [maintenanceLine(null, maintenance, now)] : []),
    ...passing.map(([name, state]) => maintenanceLine(name, state, now)),
    ...(others.length === 0
      ? []
      : [`maintenance of ${namesIn(others, layout.cells, layout.glyphs)}: not fenced, and given no VMs`]),
  ];
  return lines.flatMap((line) => paragraph(2, line, "warn", layout));
}

/** `node`: null: of the cluster. */
function maintenanceLine(node: NodeName | null, state: MaintenanceState, now: number): string {
  const what = node === null ? "maintenance" : `maintenance of node/${node}`;
  const why = state.reason === null ? "" : `: ${state.reason}`;
  const end = state.until === null && !state.doubt ? "" : `, ${maintenanceEndText(state, now, node)}`;
  return `${what}${why}${end}`;
}

function driftLines({ drift }: StatusReport, layout: Layout): readonly Line[] {
  if (drift === 0) return [];
  return paragraph(2, `${count(drift, "thing")} drifted: \`keel drift\` lists them`, "warn", layout);
}

function countsText(counts: Readonly<Partial<Record<string, number>>>): string {
  const all = Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
  const states = Object.entries(counts).map(([state, count = 0]) => `${count} ${state}`);
  return all === 0 ? "none" : `${all}: ${states.join(", ")}`;
}

function troubleLines({ nodesInTrouble }: StatusReport, layout: Layout): readonly Line[] {
  if (nodesInTrouble.length === 0) return [];
  return [
    heading("Nodes in trouble"),
    ...nodesInTrouble.flatMap(({ node, state, reason }) => [
      ...paragraph(2, `node/${node}  ${state}: ${reason.text}`, "warn", layout),
      ...(reason.advice === null ? [] : paragraph(4, reason.advice, "muted", layout)),
    ]),
  ];
}

/** What is said of spare places is so once the node is proven dead. */
function unprovableLines({ unprovable, spare }: StatusReport, layout: Layout): readonly Line[] {
  if (unprovable.length === 0 || spare.nodes === 0) return [];
  const meaning = "Only a person could say that these are off, and their VMs would wait for that";
  const names = namesIn(unprovable, layout.cells, layout.glyphs);
  return paragraph(2, `${meaning}: ${names}.`, "warn", layout);
}

function flushLines({ flushes }: StatusReport, layout: Layout): readonly Line[] {
  if (flushes.length === 0) return [];
  return [
    heading("Being flushed"),
    ...flushes.flatMap((flush) => [
      ...paragraph(2, `node/${flush.node}  ${flushText(flush)}`, "plain", layout),
      ...flush.blockers.flatMap(({ vm, reason }) =>
        paragraph(4, `vm/${vm} does not leave: ${reason.text}`, "warn", layout),
      ),
    ]),
  ];
}

function heldLines({ held }: StatusReport, now: number, layout: Layout): readonly Line[] {
  if (held.length === 0) return [];
  return [
    heading(`Held: ${count(held.length, "VM")}`),
    ...held.flatMap(({ vm, by, node, since, reason }) => [
      ...paragraph(2, `vm/${vm}  by the ${by} of ${node}, for ${durationText(now - since)}`, "plain", layout),
      ...paragraph(4, reason.advice ?? reason.text, "muted", layout),
    ]),
  ];
}

/** Who is held is told as that. */
function notHeld({ blocked, held }: StatusReport): StatusReport["blocked"] {
  const names = new Set(held.map(({ vm }) => vm));
  return blocked.filter(({ object }) => !names.has(parseObjectId(object).name));
}

function pendingLines({ pending }: StatusReport, layout: Layout): readonly Line[] {
  if (pending.length === 0) return [];
  return [
    heading("Waits for a restart"),
    ...pending.flatMap(({ object, text }) =>
      paragraph(2, `${object.replace("VM/", "vm/")}  ${text}`, "plain", layout),
    ),
  ];
}
