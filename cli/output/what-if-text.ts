/** A what-if for people: what would move where, what would not fit and why, how full it gets, and what is left to lose. */
import type { UnplacedReport } from "../../reconciler/model/report.ts";
import type {
  EstimateReport,
  MoveReport,
  NodeFillReport,
  Supposition,
  WhatIfReport,
} from "../../reconciler/model/what-if-report.ts";
import { count, formatBytes, formatShare } from "../../tui/view/amounts.ts";
import { fillTone } from "../../tui/view/bar.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { type Layout, moreLine, namesIn, oneLine, paragraph, sections } from "./layout.ts";
import { spareLines, toleranceLines } from "./spare-text.ts";
import { type Column, tableOf } from "./table.ts";

/** Of moves not more than these, unless all detail is wanted. */
const movesShown = 40;

export function whatIfLines(report: WhatIfReport, layout: Layout): readonly Line[] {
  return sections([
    headLines(report, layout),
    moveLines(report.moves, layout),
    report.unplaced.length === 0 ? [] : unplacedLines(report.unplaced, layout),
    nodeLines(report, layout),
    afterLines(report, layout),
  ]);
}

function headLines({ supposed, moves, unplaced, untouched }: WhatIfReport, layout: Layout): readonly Line[] {
  const parts = [
    `${count(moves.length, "VM")} would get another place`,
    `${unplaced.length === 0 ? "none" : count(unplaced.length, "VM")} would be left without`,
    `${count(untouched, "VM")} would go on as they are`,
  ];
  return [
    ...paragraph(0, `If ${suppositionText(supposed, layout)}:`, "title", layout),
    ...paragraph(2, `${parts.join(", ")}.`, unplaced.length === 0 ? "plain" : "warn", layout),
  ];
}

/** `hv2 and hv3 were lost and proven dead, hv1 was flushed, 20 VMs of 4 GiB were added`. */
function suppositionText({ lose, flush, addVms }: Supposition, { cells, glyphs }: Layout): string {
  const were = (names: readonly string[]) => (names.length === 1 ? "was" : "were");
  const named = (names: readonly string[]) => namesIn(names, cells - 40, glyphs);
  return [
    ...(lose.length === 0 ? [] : [`${named(lose)} ${were(lose)} lost and proven dead`]),
    ...(flush.length === 0 ? [] : [`${named(flush)} ${were(flush)} flushed`]),
    ...addVms.map(
      (added) =>
        `${count(added.count, "VM")} of ${formatBytes(added.memoryBytes)} ${added.count === 1 ? "was" : "were"} added`,
    ),
  ].join(", ");
}

const moveColumns: readonly Column<MoveReport>[] = [
  { title: "VM", cell: ({ vm }) => [span(vm)] },
  {
    title: "MEMORY",
    align: "right",
    cell: ({ memoryBytes }) => [span(formatBytes(memoryBytes).replace(" ", ""))],
  },
  { title: "FROM", cell: ({ from }) => (from === null ? [] : [span(from)]) },
  { title: "TO", cell: ({ to }) => [span(to)] },
  {
    title: "METHOD",
    cell: ({ method }) => [span(method, method === "live" || method === "start" ? "ok" : "warn")],
  },
];

function moveLines(moves: readonly MoveReport[], layout: Layout): readonly Line[] {
  const shown = layout.detail ? moves : moves.slice(0, movesShown);
  if (shown.length === 0) return [];
  const lines = tableOf(moveColumns, shown).map((line) => oneLine(line, layout));
  return [...lines, ...moreLine(moves.length - shown.length, "`--detail` shows all", layout)];
}

/** Those that are left for the very same reason share an entry. */
function unplacedLines(unplaced: readonly UnplacedReport[], layout: Layout): readonly Line[] {
  const groups = Map.groupBy(unplaced, ({ ends, reason }) => `${ends} ${reason.text}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const word = endWords[first.ends];
    const names = namesIn(
      group.map(({ vm, from }) => (from === null ? vm : `${vm} (${from})`)),
      layout.cells - word.length - 4,
      layout.glyphs,
    );
    return [
      [span(`! ${word}  `, "warn"), span(names, "title")],
      ...paragraph(4, first.reason.text, "plain", layout),
      ...(first.reason.advice === null ? [] : paragraph(4, first.reason.advice, "muted", layout)),
    ];
  });
}

const endWords: Readonly<Record<UnplacedReport["ends"], string>> = {
  held: "held until it fits",
  off: "stays off",
  stays: "stays in the way",
};

function nodeLines({ nodes, supposed }: WhatIfReport, layout: Layout): readonly Line[] {
  const lost = new Set(supposed.lose);
  const columns: readonly Column<NodeFillReport>[] = [
    { title: "NODE", cell: ({ node }) => [span(node)] },
    { title: "VMS", align: "right", cell: ({ vmsBefore }) => [span(String(vmsBefore))] },
    { title: "THEN", align: "right", cell: ({ vmsAfter }) => [span(String(vmsAfter))] },
    { title: "MEMORY", align: "right", cell: (fill) => [span(shareOf(fill, fill.usedBytesBefore))] },
    {
      title: "THEN",
      align: "right",
      cell: (fill) => {
        if (lost.has(fill.node)) return [span("lost", "bad")];
        const usable = fill.memoryBytes - fill.reserveBytes;
        return [
          span(shareOf(fill, fill.usedBytesAfter), fillTone(usable <= 0 ? 0 : fill.usedBytesAfter / usable)),
        ];
      },
    },
    {
      title: "NOTE",
      cell: ({ node, closed }) =>
        closed === null || lost.has(node) ? [] : [span(closed.code.replace(/^node-/, ""), "muted")],
    },
  ];
  return tableOf(columns, nodes).map((line) => oneLine(line, layout));
}

function shareOf({ memoryBytes }: NodeFillReport, used: number): string {
  return formatShare(used, memoryBytes).replace(" ", "");
}

/** When it would be done, and what could be lost from then on. */
function afterLines(report: WhatIfReport, layout: Layout): readonly Line[] {
  const { estimate, spare, tolerance } = report;
  return [
    ...(estimate === null || estimate.seconds === 0 ? [] : estimateLines(estimate, report, layout)),
    [span("Afterwards", "title")],
    ...spareLines(spare, layout),
    ...(spare.ok ? toleranceLines(tolerance, layout) : []),
  ];
}

function estimateLines(
  { seconds, atMostSeconds, assumes }: EstimateReport,
  { bounds }: WhatIfReport,
  layout: Layout,
): readonly Line[] {
  const all = String(bounds.migrations);
  const pace = `${all} migrations and ${all} shutdowns at once, ${String(bounds.migrationsPerNode)} of each at a node`;
  const most =
    atMostSeconds === null ? "" : `, at most ${timeText(atMostSeconds)} if guests are slow to shut down`;
  const text = `It would take about ${timeText(seconds)}${most}: ${pace}; assumed are ${assumes}.`;
  return [...paragraph(0, text, "plain", layout), []];
}

/** `40s`, `3m 20s`, `2h 5m`. */
function timeText(seconds: number): string {
  if (seconds < 60) return `${String(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}m ${String(seconds % 60)}s`;
  return `${String(Math.floor(minutes / 60))}h ${String(minutes % 60)}m`;
}
