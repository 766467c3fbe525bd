import type { ClusterReport } from "../../reconciler/model/report.ts";
import { isStale, type Freshness } from "../freshness.ts";
import { formatAge, formatClock } from "./amounts.ts";
import { cellsOfLine, edges, joinLines, span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";

/** The first line: which cluster, at which generation, who leads it; whether edits are possible, how fresh it is. */
export function headerLine(
  report: ClusterReport | null,
  given: { readonly freshness: Freshness; readonly writable: boolean; readonly now: number },
  canvas: Canvas,
): Line {
  const { glyphs, cells } = canvas;
  const mode = given.writable ? span("READ-WRITE", "warn") : span("read-only", "muted");
  const right = [
    ...joinLines([[mode], [freshnessSpan(given, report !== null, canvas)]], span("  ")),
    span(" "),
  ];
  const room = cells - cellsOfLine(right) - 2;
  return edges(left(report, given.now, room, canvas), right, cells, glyphs.ellipsis);
}

/** The longest of three ways to say it that fits. */
function left(report: ClusterReport | null, now: number, cells: number, canvas: Canvas): Line {
  if (report === null) return [span(" keel", "title")];
  const { glyphs } = canvas;
  const name = span(` ${report.cluster}  `, "title");
  const leader: Line =
    report.leader === null
      ? [span(`${glyphs.alert} no leader`, "bad")]
      : [span("leader ", "muted"), span(report.leader)];
  const mode: Line = [span("mode ", "muted"), span(report.mode)];
  const parts = [generation(report, now), leader, mode];
  const dot = span(` ${glyphs.dot} `, "muted");
  const ways = [parts, [generation(report, null), leader, mode], [leader], []].map((way) => [
    name,
    ...joinLines(way, dot),
  ]);
  return ways.find((way) => cellsOfLine(way) <= cells) ?? [name];
}

/** Without `now`: the number alone. */
function generation(report: ClusterReport, now: number | null): Line {
  if (report.generation === 0) return [span("nothing applied yet", "muted")];
  const age = report.appliedAt === null || now === null ? [] : [`${formatAge(now - report.appliedAt)} ago`];
  const by = report.appliedBy === null || now === null ? [] : [`by ${report.appliedBy}`];
  const when = [...age, ...by].join(" ");
  return [
    span("generation ", "muted"),
    span(String(report.generation)),
    ...(when === "" ? [] : [span(` (${when})`, "muted")]),
  ];
}

function freshnessSpan(
  { freshness, now }: { readonly freshness: Freshness; readonly now: number },
  isRead: boolean,
  { glyphs }: Canvas,
): Line[number] {
  if (isStale(freshness)) return span(`${glyphs.stale} STALE ${formatAge(freshness.age)}`, "bad");
  if (freshness.problem !== null) return span(`${glyphs.alert} not answering`, "warn");
  return isRead ? span(`${glyphs.good} live ${formatClock(now)}`, "ok") : span("connecting", "muted");
}
