import { endingCommand, type MaintenanceState } from "../../reconciler/model/maintenance.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import type { Digest } from "../digest.ts";
import { isStale, type Freshness } from "../freshness.ts";
import { formatAge, formatMoment } from "./amounts.ts";
import type { Glyphs } from "./glyphs.ts";
import { span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";
import { fit } from "./text.ts";

/** Whole lines under the header for what changes how everything else must be read. Usually there are none. */
export function bannerLines(
  report: ClusterReport | null,
  given: { readonly freshness: Freshness; readonly digest: Digest | null; readonly now: number },
  canvas: Canvas,
): readonly Line[] {
  const { glyphs, cells } = canvas;
  const texts = [
    staleBanner(given.freshness, report, glyphs),
    ...(report === null
      ? []
      : [
          duplicateBanner(given.digest, glyphs),
          frozenBanner(report, glyphs),
          maintenanceBanner(report, given.now, glyphs),
          nodeMaintenanceBanner(report, given.now, glyphs),
        ]),
  ];
  return texts.flatMap((banner) =>
    banner === null ? [] : [[{ ...banner, text: fit(banner.text, cells, glyphs.ellipsis) }]],
  );
}

function staleBanner(
  freshness: Freshness,
  report: ClusterReport | null,
  glyphs: Glyphs,
): Line[number] | null {
  if (freshness.problem === null) return null;
  const text = `${freshness.problem}${report === null ? "" : "; this is as last seen"}`;
  return isStale(freshness)
    ? span(` ${glyphs.stale} STALE  ${text}`, "banner-bad")
    : span(` ${glyphs.alert} NOT ANSWERING  ${text}`, "banner-warn");
}

/** The loudest alarm: one VM in two places. */
function duplicateBanner(digest: Digest | null, glyphs: Glyphs): Line[number] | null {
  const twice = digest?.duplicates ?? [];
  const [first] = twice;
  if (first === undefined) return null;
  const others = twice.length === 1 ? "" : ` (and ${String(twice.length - 1)} more)`;
  return span(` ${glyphs.alert} DUPLICATE  ${first.name}: ${first.reason.text}${others}`, "banner-bad");
}

/** The store went back in time, and nothing is done on the strength of it. */
function frozenBanner({ frozen }: ClusterReport, glyphs: Glyphs): Line[number] | null {
  if (frozen === null) return null;
  const text = `nothing is begun until \`keel store accept-restore\` ${glyphs.dot} ${frozen.why}`;
  return span(` ${glyphs.alert} FROZEN  ${text}`, "banner-bad");
}

function maintenanceBanner(report: ClusterReport, now: number, glyphs: Glyphs): Line[number] | null {
  const { on, reason, ending, doubt } = report.maintenance;
  if (!on) return null;
  const why = reason ?? "no reason given";
  const meaning = ending || doubt ? "" : ` ${glyphs.dot} no fencing, no takeover`;
  return span(
    ` ${glyphs.alert} MAINTENANCE  ${why}, ${endInWords(report.maintenance, now, null)}${meaning}`,
    "banner-warn",
  );
}

/** Of nodes only what is about to end, or should have: until then the list of nodes says it. */
function nodeMaintenanceBanner(report: ClusterReport, now: number, glyphs: Glyphs): Line[number] | null {
  const passing = Object.entries(report.nodesInMaintenance)
    .filter(([, { ending, doubt }]) => ending || doubt)
    .sort(([, a], [, b]) => (a.until ?? now) - (b.until ?? now));
  const [first] = passing;
  if (first === undefined) return null;
  const [name, state] = first;
  const others = passing.length === 1 ? "" : ` (and ${String(passing.length - 1)} more)`;
  return span(
    ` ${glyphs.alert} MAINTENANCE  of ${name} ${endInWords(state, now, name)}${others}`,
    "banner-warn",
  );
}

/** `node`: null: of the cluster. */
function endInWords({ until, doubt, ending }: MaintenanceState, now: number, node: NodeName | null): string {
  if (doubt) return `over if the clock is right: \`${endingCommand(node)}\` ends it`;
  if (until === null) return "no end set";
  if (until <= now) return "its end has passed";
  return ending
    ? `ends in ${formatAge(until - now)}: fencing is possible again then`
    : `until ${formatMoment(until, now)} (in ${formatAge(until - now)})`;
}
