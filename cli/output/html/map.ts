/** The cluster map: every node with its memory and the VMs in it, and the VMs that are in none. */
import type { ClusterReport, NodeReport, VmReport } from "../../../reconciler/model/report.ts";
import { count, formatAge, formatBytes, formatShare } from "../../../tui/view/amounts.ts";
import { unicodeGlyphs as glyphs } from "../../../tui/view/glyphs.ts";
import { nodeTones, vmTones } from "../../../tui/view/states.ts";
import { flushText } from "../flush-text.ts";
import { byTrouble, vmsOfNodes } from "./by-node.ts";
import { type Content, markup, type Markup, prose } from "./markup.ts";
import { more, nothing, section, signed } from "./parts.ts";

/** More cards, or more VMs in one, nobody reads. */
const nodesMax = 128;
const vmsMax = 48;

export function mapSection(report: ClusterReport, now: number): Markup {
  const { placed, without } = vmsOfNodes(report);
  const cards = report.nodes
    .slice(0, nodesMax)
    .map((node) => nodeCard(node, placed.get(node.name) ?? [], now));
  const homeless = without.length === 0 ? null : card(withoutHead(without), vmList(without, null, now));
  return section(
    "map",
    "Cluster map",
    report.nodes.length === 0 && homeless === null
      ? nothing("There is no node.")
      : markup`<ul class="nodes">
${cards}${homeless}</ul>
${more(report.nodes.length - nodesMax)}`,
  );
}

function card(head: Content, content: Content): Markup {
  return markup`<li class="node">
${head}${content}</li>
`;
}

function nodeCard(node: NodeReport, vms: readonly VmReport[], now: number): Markup {
  return card(
    markup`<header><h3>${node.name}</h3>${signed(glyphs.node[node.state], node.state, nodeTones[node.state])}</header>
${notes(node).map((note) => markup`<p class="small">${note}</p>\n`)}${memory(node)}`,
    vms.length === 0 ? nothing("no VM") : vmList(vms, node, now),
  );
}

function withoutHead(vms: readonly VmReport[]): Markup {
  return markup`<header><h3>Without a node</h3><span class="muted">${count(vms.length, "VM")}</span></header>\n`;
}

/** A node that is ready needs no words. */
function notes({ state, reason, maintenance, stale, readAt, flush }: NodeReport): readonly Content[] {
  return [
    ...(maintenance ? ["in maintenance"] : []),
    ...(stale && readAt !== null ? [`${glyphs.stale} as last seen`] : []),
    ...(state === "ready" ? [] : [prose(reason.text)]),
    ...(flush === null ? [] : [flushText(flush)]),
    ...(flush?.blockers ?? [])
      .slice(0, vmsMax)
      .map(({ vm, reason: why }) => [
        markup`<span class="warn">${glyphs.alert} ${vm} does not leave: </span>`,
        prose(why.text),
      ]),
  ];
}

function memory({ memoryBytes, memoryGuestBytes, memoryFreeBytes, cpus, vcpus, load }: NodeReport): Content {
  if (memoryBytes === null) return nothing("its memory is not known: it never reported");
  const free = memoryFreeBytes === null ? "" : `, ${formatBytes(memoryFreeBytes)} free`;
  const processors =
    cpus === null ? count(vcpus, "vCPU") : `${count(vcpus, "vCPU")} on ${count(cpus, "CPU")}`;
  const loadText = load === null ? "" : `, load ${load.toFixed(2)}`;
  return [
    bar(memoryGuestBytes / Math.max(1, memoryBytes)),
    markup`<p class="small">guests ${formatShare(memoryGuestBytes, memoryBytes)}${free}</p>
<p class="small muted">${processors}${loadText}</p>
`,
  ];
}

/** A picture of what stands in words below it. It is printed too, as no background is. */
function bar(share: number): Markup {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  const tone = share > 1 ? "bad" : share > 0.9 ? "warn" : "ok";
  return markup`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="1"/><rect class="${tone}" width="${percent}" height="1"/></svg>\n`;
}

function vmList(vms: readonly VmReport[], node: NodeReport | null, now: number): Markup {
  const shown = byTrouble(vms).slice(0, vmsMax);
  return markup`<ul class="vms small">
${shown.map((vm) => markup`<li>${vmEntry(vm, node, now)}</li>\n`)}</ul>
${more(vms.length - vmsMax)}`;
}

function vmEntry(vm: VmReport, node: NodeReport | null, now: number): Content {
  const { name, state, memoryBytes, stale } = vm;
  const isStale = stale && node?.stale !== true;
  return [
    markup`<div class="vm"><span>${signed(glyphs.vm[state], state, stale ? "warn" : vmTones[state])} <strong>${name}</strong></span><span class="muted">${formatBytes(memoryBytes)}</span></div>`,
    [...whereabouts(vm, node, now), ...(isStale ? [`${glyphs.stale} as last seen`] : [])].map(
      (words) => markup`<div class="warn">${words}</div>`,
    ),
  ];
}

/** Why it is not where it belongs. */
function whereabouts(vm: VmReport, node: NodeReport | null, now: number): readonly string[] {
  if (vm.held !== null) {
    const { by, node: from, since } = vm.held;
    return [`held by the ${by} of ${from}, for ${formatAge(now - since)}`];
  }
  const elsewhere =
    node === null || vm.node === node.name ? [] : [`${glyphs.arrow} belongs to ${vm.node ?? "no node"}`];
  const isAway = vm.node !== null && vm.home !== null && vm.node !== vm.home;
  const because = vm.displaced === null ? "" : ` (${vm.displaced})`;
  return [...elsewhere, ...(isAway ? [`${glyphs.away} away from home ${vm.home ?? ""}${because}`] : [])];
}
