/** The top of the page: which cluster, as of when, and what concerns all of it. */
import type { ClusterReport } from "../../../reconciler/model/report.ts";
import { groupDigits } from "../../../tui/view/amounts.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { spareText } from "../../../tui/view/spare.ts";
import { nodeStatesByTrouble, nodeTones, vmStatesByTrouble, vmTones } from "../../../tui/view/states.ts";
import { type Content, markup, type Markup } from "./markup.ts";
import { notice, signed, time } from "./parts.ts";

export function pageHead(report: ClusterReport, now: number): Markup {
  return markup`<header>
<h1>Cluster ${report.cluster}</h1>
<p class="muted">As of ${time(now)}, revision ${report.revision} of the store</p>
${notices(report)}<dl class="facts">
${fact("Generation", generation(report))}${fact("Leader", leader(report))}${fact("Mode", report.mode)}${fact(
    "Maintenance",
    report.maintenance.on ? "on" : "off",
  )}${fact("Nodes", counts(report.nodes, nodeStatesByTrouble, unicodeGlyphs.node, nodeTones))}${fact(
    "VMs",
    counts(report.vms, vmStatesByTrouble, unicodeGlyphs.vm, vmTones),
  )}${spare(report)}</dl>
</header>
`;
}

function notices({ frozen, maintenance, leader: led }: ClusterReport): Content {
  return [
    frozen === null
      ? null
      : notice("bad", `Frozen by ${frozen.by}: ${frozen.why}. Nothing is decided or begun.`),
    led === null ? notice("bad", "Nobody leads: nothing is decided.") : null,
    maintenance.on ? notice("warn", maintenanceText(maintenance)) : null,
  ];
}

function maintenanceText({ reason, until, doubt }: ClusterReport["maintenance"]): Content {
  return [
    "Maintenance",
    reason === null ? null : `: ${reason}`,
    doubt
      ? ", over if the clock is right"
      : until === null
        ? ", without an end"
        : markup`, until ${time(until)}`,
  ];
}

function fact(name: string, content: Content): Markup {
  return markup`<div><dt>${name}</dt><dd>${content}</dd></div>\n`;
}

function generation({ generation: number, appliedAt, appliedBy }: ClusterReport): Content {
  if (number === 0) return "nothing applied yet";
  return [
    String(number),
    appliedBy === null ? null : `, applied by ${appliedBy}`,
    appliedAt === null ? null : markup`, ${time(appliedAt)}`,
  ];
}

function leader({ leader: led }: ClusterReport): Content {
  return led ?? signed(unicodeGlyphs.alert, "nobody", "bad");
}

/** `3: 1 lost, 2 ready`, what needs a person first. */
function counts<State extends string>(
  rows: readonly { readonly state: State }[],
  states: readonly State[],
  signs: Readonly<Record<State, string>>,
  tones: Readonly<Record<State, Parameters<typeof signed>[2]>>,
): Content {
  const byState = Map.groupBy(rows, ({ state }) => state);
  const parts = states.flatMap((state) => {
    const number = byState.get(state)?.length ?? 0;
    return number === 0 ? [] : [signed(signs[state], `${groupDigits(number)} ${state}`, tones[state])];
  });
  return [`${groupDigits(rows.length)}: `, parts.map((part) => markup`${part} `)];
}

function spare({ spare: report }: ClusterReport): Content {
  if (report === null) return null;
  const { good, alert } = unicodeGlyphs;
  return fact("N+1", [
    signed(report.ok ? good : alert, report.ok ? "yes" : "no", report.ok ? "ok" : "warn"),
    `: ${spareText(report)}`,
  ]);
}
