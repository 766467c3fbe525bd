/** A cluster as one HTML file: nothing in it comes from elsewhere, and nothing in it runs. */
import type { ClusterReport } from "../../../reconciler/model/report.ts";
import { eventsSection } from "./events.ts";
import { pageHead } from "./head.ts";
import { mapSection } from "./map.ts";
import { Markup, markup } from "./markup.ts";
import { placementSection } from "./placement.ts";
import { planSection } from "./plan.ts";
import { style } from "./style.ts";
import { blockedSection, driftSection } from "./trouble.ts";

/** Bounded, however large the cluster is. `now`: epoch milliseconds. */
export function clusterPage(report: ClusterReport, now: number): string {
  const { cluster, blocked, drift, source } = report;
  const edits = source?.pending?.changes.length ?? 0;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Cluster ${cluster}</title>
<style>${Markup.trusted(style)}</style>
</head>
<body>
${pageHead(report, now)}<nav aria-label="Sections">
<a href="#map">Cluster map</a>
<a href="#blocked">Blocked: ${blocked.length}</a>
<a href="#drift">Drift: ${drift.length}</a>
<a href="#plan">Pending edits: ${edits}</a>
<a href="#placement">Placement</a>
<a href="#events">Recent events</a>
</nav>
<main>
${mapSection(report, now)}${blockedSection(report)}${driftSection(report)}${planSection(report)}${placementSection(report)}${eventsSection(report)}</main>
<footer>Made by <code>keel report --html</code>. It shows one moment, and does not change.</footer>
</body>
</html>`.toString();
}
