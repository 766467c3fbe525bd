import type { FlushReport, NodeReport } from "../../reconciler/model/report.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { nodeTones } from "../../tui/view/states.ts";
import { flushText } from "../output/flush-text.ts";
import type { Column } from "../output/table.ts";
import { bytes, list, source, text, titled, yesOrNo } from "./cells.ts";
import { listing } from "./listing.ts";

export const nodes = listing<NodeReport>({
  word: "node",
  plural: "nodes",
  noun: "node",
  rows: ({ report }) => report.nodes,
  columns: ({ now }) => columnsAt(now),
});

function columnsAt(now: number): readonly Column<NodeReport>[] {
  return [
    { title: "NAME", cell: (node) => titled(node.name) },
    { title: "STATE", cell: (node) => [span(node.state, node.stale ? "warn" : nodeTones[node.state])] },
    { title: "VMS", align: "right", cell: (node) => text(node.vms.length) },
    { title: "MEMORY", align: "right", cell: (node) => bytes(node.memoryBytes) },
    { title: "GUESTS", align: "right", cell: (node) => bytes(node.memoryGuestBytes) },
    { title: "FREE", align: "right", cell: (node) => bytes(node.memoryFreeBytes) },
    { title: "CPUS", align: "right", cell: (node) => text(node.cpus) },
    { title: "VCPUS", align: "right", cell: (node) => text(node.vcpus) },
    { title: "LOAD", align: "right", cell: (node) => text(node.load?.toFixed(2) ?? null) },
    { title: "ALIVE", wide: true, cell: (node) => yesOrNo(node.alive) },
    { title: "FENCED", wide: true, cell: (node) => yesOrNo(node.fenced) },
    { title: "MAINTENANCE", wide: true, cell: (node) => yesOrNo(node.maintenance) },
    { title: "SEEN", wide: true, align: "right", cell: (node) => text(ageOf(node, now)) },
    { title: "RUNNING", wide: true, cell: (node) => list(node.vms) },
    { title: "SOURCE", wide: true, cell: (node) => source(node.source) },
    { title: "NOTE", cell: note },
  ];
}

function ageOf(node: NodeReport, now: number): string | null {
  return node.readAt === null ? null : formatAge(now - node.readAt);
}

/** A node that is ready needs no words. */
function note(node: NodeReport): Line {
  const parts = [
    ...(node.maintenance ? ["in maintenance"] : []),
    ...(node.stale && node.readAt !== null ? ["as last seen"] : []),
    ...(node.state === "ready" ? [] : [node.flush === null ? node.reason.text : flushNote(node.flush)]),
  ];
  return [span(parts.join("; "))];
}

/** `3 of 8 have left, about 40s to go; blocked: gpu1`. */
function flushNote(flush: FlushReport): string {
  const blocked = flush.blockers.map(({ vm }) => vm).join(", ");
  return `${flushText(flush)}${blocked === "" ? "" : `; blocked: ${blocked}`}`;
}
