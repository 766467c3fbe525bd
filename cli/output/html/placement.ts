import type { ClusterReport, VmReport } from "../../../reconciler/model/report.ts";
import { count, formatBytes } from "../../../tui/view/amounts.ts";
import { unicodeGlyphs as glyphs } from "../../../tui/view/glyphs.ts";
import { vmTones } from "../../../tui/view/states.ts";
import { byTrouble } from "./by-node.ts";
import { type Content, markup, type Markup, prose } from "./markup.ts";
import { type Column, nothing, place, section, signed, tableOf } from "./parts.ts";

const rowsMax = 1000;

const columns: readonly Column<VmReport>[] = [
  { title: "VM", cell: ({ name }) => name },
  {
    title: "State",
    cell: ({ state, stale }) => signed(glyphs.vm[state], state, stale ? "warn" : vmTones[state]),
  },
  { title: "Node", cell: ({ node }) => node },
  { title: "Home", cell: home },
  { title: "Memory", cell: ({ memoryBytes }) => formatBytes(memoryBytes), as: "right" },
  { title: "CPUs", cell: ({ cpus }) => cpus, as: "right" },
  { title: "Limits", cell: ({ limits }) => (limits === null ? "anywhere" : limits.join(", ")) },
  { title: "Why", cell: why, as: "wide" },
  { title: "From", cell: ({ source }) => place(source) },
];

/** Where every VM is, where it belongs, and why. */
export function placementSection({ vms }: ClusterReport): Markup {
  return section(
    "placement",
    "Placement",
    vms.length === 0
      ? nothing("There is no VM.")
      : tableOf(`${count(vms.length, "VM")}, what needs attention first`, columns, byTrouble(vms), rowsMax),
  );
}

function home({ node, home: own }: VmReport): Content {
  if (own === null || node === null || own === node) return own;
  return markup`<span class="warn">${glyphs.away} ${own}</span>`;
}

function why({ reason, step, stale }: VmReport): Content {
  return [
    stale ? markup`<span class="warn">${glyphs.stale} as last seen; </span>` : null,
    prose(reason.text),
    step === null ? null : markup`<br><span class="busy">${stepText(step)}</span>`,
  ];
}

/** `migrate db1 from hv2 to hv3, 42 %`. */
function stepText({ text, phase, percent }: NonNullable<VmReport["step"]>): string {
  return `${text}, ${percent === null ? phase : `${String(Math.floor(percent))} %`}`;
}
