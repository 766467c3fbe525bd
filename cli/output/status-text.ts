/** The cluster in a few lines. */
import type { StatusReport } from "../../reconciler/model/what-if-report.ts";
import { count, formatMoment } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { type Layout, paragraph, sections } from "./layout.ts";
import { spareLines } from "./spare-text.ts";

export function statusLines(report: StatusReport, now: number, layout: Layout): readonly Line[] {
  const { cluster, generation, leader, nodes, vms, blocked, drift, spare } = report;
  const applied = generation === 0 ? "nothing applied yet" : `generation ${String(generation)}`;
  const led = leader === null ? span("no leader", "bad") : span(`leader ${leader}`);
  return sections([
    [
      [span(cluster, "title"), span(`  ${applied}, `), led],
      ...maintenanceLines(report, now, layout),
      ...paragraph(2, `nodes  ${countsText(nodes)}`, "plain", layout),
      ...paragraph(2, `VMs    ${countsText(vms)}`, "plain", layout),
      ...(blocked === 0
        ? []
        : paragraph(2, `${count(blocked, "object")} blocked: \`keel plan\` says why`, "warn", layout)),
      ...(drift === 0
        ? []
        : paragraph(2, `${count(drift, "thing")} drifted: \`keel drift\` lists them`, "warn", layout)),
    ],
    spareLines(spare, layout),
  ]);
}

function maintenanceLines({ maintenance }: StatusReport, now: number, layout: Layout): readonly Line[] {
  const { on, reason, until } = maintenance;
  if (!on) return [];
  const end = until === null ? "no end set" : `until ${formatMoment(until, now)}`;
  return paragraph(2, `in maintenance: ${reason ?? "no reason given"}, ${end}`, "warn", layout);
}

/** `3 ready, 1 flushed`. */
function countsText(counts: Readonly<Partial<Record<string, number>>>): string {
  const words = Object.entries(counts).map(([state, number]) => `${String(number)} ${state}`);
  return words.length === 0 ? "none" : words.join(", ");
}
