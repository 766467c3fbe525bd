import { fieldChanges } from "../../reconciler/control/report/field-changes.ts";
import type { Hold } from "../../reconciler/model/placement.ts";
import type { FlushReport, NodeReport, StepProgressReport, VmReport } from "../../reconciler/model/report.ts";
import { formatBytes } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import type { DescribeReport } from "../describe-object.ts";
import { driftLines } from "./drift-text.ts";
import { eventLine } from "./event-line.ts";
import { durationText } from "./duration-text.ts";
import { flushText } from "./flush-text.ts";
import { heading, type Layout, paragraph, placeOf, sections } from "./layout.ts";
import { kindWord } from "./object-names.ts";

/** Events shown; the others are in `keel events`. */
const eventsMax = 20;

/** State first, then what is wanted, then what is wrong, and what happened at the end. */
export function describeLines(report: DescribeReport, now: number, layout: Layout): readonly Line[] {
  const { kind, name, status, source } = report;
  return sections([
    [
      [span(`${kindWord(kind)}/${name}`, "title")],
      ...(status === null
        ? []
        : pairs(status.kind === "VM" ? vmPairs(status, now) : nodePairs(status), layout)),
      ...pairs([["document", source === null ? "none" : placeOf(source, layout)]], layout),
    ],
    stepLines(status?.kind === "VM" ? status.step : null, now),
    specLines(report, layout),
    blockedLines(report, layout),
    driftLines(report.drift, layout),
    eventLines(report),
  ]);
}

type Pair = readonly [name: string, value: string];

const nameCells = 11;

function pairs(all: readonly Pair[], layout: Layout): readonly Line[] {
  return all.flatMap(([name, value]) => paragraph(2, `${name.padEnd(nameCells)}  ${value}`, "plain", layout));
}

function vmPairs(vm: VmReport, now: number): readonly Pair[] {
  const stale = vm.stale ? " (as last seen)" : "";
  return [
    ["state", `${vm.state}${vm.node === null ? "" : ` on ${vm.node}`}${stale}`],
    ["because", vm.reason.text],
    ...(vm.reason.advice === null ? [] : [["advice", vm.reason.advice] as const]),
    ["home", `${vm.home ?? "none yet"}${vm.displaced === null ? "" : `, displaced: ${vm.displaced}`}`],
    ...(vm.held === null ? [] : [["held", heldText(vm.held, now)] as const]),
    ["limits", vm.limits?.join(", ") ?? "any"],
    ["selector", vm.selectorIsDefault ? `cluster default (${vm.selector})` : vm.selector],
    ["autorestart", vm.autorestart ? "yes" : "no: once held, it waits for `keel vm release`"],
    ["memory", formatBytes(vm.memoryBytes)],
    ["cpus", String(vm.cpus)],
    [
      "networks",
      vm.networks.map(({ name, defined }) => (defined ? name : `!${name} (not defined)`)).join(", ") ||
        "none",
    ],
    ["epoch", String(vm.epoch)],
  ];
}

/** `by the flush of hv2, for 12m 05s`. */
function heldText({ by, node, since }: Hold, now: number): string {
  return `by the ${by} of ${node}, for ${durationText(now - since)}`;
}

function nodePairs(node: NodeReport): readonly Pair[] {
  const memory =
    node.memoryBytes === null
      ? "never reported"
      : `${formatBytes(node.memoryGuestBytes)} of ${formatBytes(node.memoryBytes)} given to guests`;
  return [
    ["state", `${node.state}${node.stale ? " (as last seen)" : ""}`],
    ["because", node.reason.text],
    ...(node.reason.advice === null ? [] : [["advice", node.reason.advice] as const]),
    ...(node.flush === null ? [] : flushPairs(node.flush)),
    ["alive", node.alive ? "yes" : "no"],
    ["memory", memory],
    ["cpus", `${node.cpus ?? "?"}, ${node.vcpus} given to guests`],
    ["load", node.load?.toFixed(2) ?? "never reported"],
    ["vms", node.vms.join(", ") || "none"],
  ];
}

function flushPairs(flush: FlushReport): readonly Pair[] {
  return [
    ["flush", flushText(flush)],
    ...flush.blockers.map(({ vm, reason }): Pair => ["blocked", `vm/${vm}: ${reason.text}`]),
  ];
}

function stepLines(step: StepProgressReport | null, now: number): readonly Line[] {
  if (step === null) return [];
  const share = step.percent === null ? "" : ` ${Math.floor(step.percent)} %`;
  const detail = step.detail === null ? "" : `, ${step.detail}`;
  return [
    heading("Under way"),
    [span(`  ${step.text}: ${step.phase}${share} [${durationText(now - step.since)}]${detail}`)],
  ];
}

function specLines({ spec }: DescribeReport, layout: Layout): readonly Line[] {
  if (spec === null) return [];
  const fields = fieldChanges(null, spec).filter(({ path }) => path !== "kind");
  const width = Math.max(nameCells, ...fields.map(({ path }) => path.length));
  const lines = fields.flatMap(({ path, new: value }) =>
    paragraph(2, `${path.padEnd(width)}  ${value ?? ""}`, "plain", layout),
  );
  return lines.length === 0 ? [] : [heading("Wanted"), ...lines];
}

function blockedLines({ blocked }: DescribeReport, layout: Layout): readonly Line[] {
  if (blocked.length === 0) return [];
  const lines = blocked.flatMap(({ reason }) => [
    ...paragraph(2, reason.text, "plain", layout),
    ...(reason.advice === null ? [] : paragraph(2, reason.advice, "muted", layout)),
  ]);
  return [heading("Blocked"), ...lines];
}

function eventLines({ events }: DescribeReport): readonly Line[] {
  if (events.length === 0) return [];
  return [
    heading("Events"),
    ...events.slice(-eventsMax).map((event): Line => [span("  "), ...eventLine(event)]),
  ];
}
