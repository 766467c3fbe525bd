/** How many nodes could be lost, and which VMs would be left without a place. */
import type { LossReport, SpareReport } from "../../reconciler/model/report.ts";
import type { ToleranceReport } from "../../reconciler/model/what-if-report.ts";
import { count } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { nodesOf, spareText } from "../../tui/view/spare.ts";
import { type Layout, moreLine, namesIn, paragraph } from "./layout.ts";

/** Of losses not more than these, unless all detail is wanted. */
const lossesShown = 5;

export function spareLines(spare: SpareReport, layout: Layout): readonly Line[] {
  const shown = layout.detail ? spare.losses : spare.losses.slice(0, lossesShown);
  return [
    ...paragraph(0, `N+1: ${spareText(spare)}.`, spare.ok ? "ok" : "warn", layout),
    ...shown.flatMap((loss) => lossLines(loss, layout)),
    ...moreLine(spare.losses.length - shown.length, "`--detail` shows all", layout),
  ];
}

/** The VMs of one loss, those with the very same reason together. */
function lossLines(loss: LossReport, layout: Layout): readonly Line[] {
  const groups = [...Map.groupBy(loss.unplaced, ({ reason }) => reason.text).values()];
  const shown = layout.detail ? groups : groups.slice(0, lossesShown);
  return [
    ...shown.flatMap((group) => {
      const head = `  without ${nodesOf(loss)}  `;
      const names = namesIn(
        group.map(({ vm }) => vm),
        layout.cells - head.length,
        layout.glyphs,
      );
      const [first] = group;
      return [
        [span(head, "muted"), span(names, "title")],
        ...(first === undefined ? [] : paragraph(4, first.reason.text, "plain", layout)),
      ];
    }),
    ...moreLine(groups.slice(shown.length).flat().length, "`--detail` shows all", layout),
  ];
}

/** How many at once, whichever they are; where one cannot be lost that is said already. */
export function toleranceLines(tolerance: ToleranceReport, layout: Layout): readonly Line[] {
  const { atLeast, atMost, example } = tolerance;
  if (atLeast === 0) return [];
  const first =
    atLeast === atMost
      ? `Any ${count(atLeast, "node")} could be lost at once, and not more.`
      : `Any ${count(atLeast, "node")} could be lost at once, any ${String(atMost + 1)} could not; what is between was not tried: there are too many combinations.`;
  if (example === null)
    return paragraph(0, `Any ${count(atLeast, "node")} could be lost at once.`, "plain", layout);
  return [...paragraph(0, first, "plain", layout), ...lossLines(example, layout)];
}
