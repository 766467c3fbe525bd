import type { ClusterReport } from "../../reconciler/model/report.ts";
import type { Digest } from "../digest.ts";
import { count } from "./amounts.ts";
import { joinLines, span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";
import { planSummary } from "./plan-summary.ts";
import { sourceVerdict } from "./source-entries.ts";
import { nodesOf } from "./spare.ts";

/** The line above the key bar: what waits for a person. */
export function statusLine(report: ClusterReport | null, digest: Digest | null, canvas: Canvas): Line {
  if (report === null || digest === null) return [];
  const { glyphs } = canvas;
  const { blocked, stepsUnderWay } = digest;
  return [
    span(" "),
    ...joinLines(
      [
        blocked === 0 ? [] : [span(`${glyphs.alert} ${String(blocked)} blocked`, "bad")],
        report.drift.length === 0 ? [] : [span(`${String(report.drift.length)} drift`, "warn")],
        stepsUnderWay === 0 ? [] : [span(`${String(stepsUnderWay)} under way`, "busy")],
        sparePart(report),
        pendingPart(report, canvas),
      ],
      span(` ${glyphs.dot} `, "muted"),
    ),
  ];
}

/** Whether any one node could be lost; `keel status` names the VMs that would be left without a place. */
function sparePart({ spare }: ClusterReport): Line {
  if (spare === null || spare.nodes === 0) return [];
  if (spare.ok) return [span("N+1 ok", "muted")];
  const [first, ...more] = spare.losses.map(nodesOf);
  const others = more.length === 0 ? "" : ` and ${String(more.length)} more`;
  return [span(`not N+1: ${first ?? ""}${others}`, "warn")];
}

function pendingPart(report: ClusterReport, canvas: Canvas): Line {
  const { source } = report;
  const pending = source?.pending ?? null;
  if (source?.status !== "ok" || pending === null) return sourceVerdict(source, canvas.glyphs);
  if (pending.changes.length === 0)
    return [span(`${canvas.glyphs.good} ${source.directory} is what was applied`, "muted")];
  const { length } = pending.changes;
  return [
    span(`${count(length, "edit")} ${length === 1 ? "waits" : "wait"}: `, "warn"),
    ...planSummary(pending, canvas.glyphs),
  ];
}
