/** What applying a folder would undo, because it is not based on what is applied. */
import { undoneWords } from "../../reconciler/control/folder-base.ts";
import type { UndoReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { count } from "../../tui/view/amounts.ts";
import { type Layout, moreLine, oneLine, paragraph } from "./layout.ts";
import { shownId } from "./object-names.ts";

const shownMax = 10;

export function undoLines(undo: UndoReport | null, layout: Layout): readonly Line[] {
  if (undo === null) return [];
  const { objects } = undo;
  const shown = layout.detail ? objects : objects.slice(0, shownMax);
  return [
    ...paragraph(0, undoHeading(undo, layout.directoryName), "warn", layout),
    ...shown.map((undone) =>
      oneLine([span(`  ${shownId(undone.object)}`, "title"), span(`  ${undoneWords(undone)}`)], layout),
    ),
    ...moreLine(objects.length - shown.length, "`keel plan --detail` shows all", layout),
  ];
}

/** `! Would undo (since generation 4, up to 6 by anna), which cluster.d does not have: 2 objects` */
export function undoHeading({ base, head, by, objects }: UndoReport, directoryName: string): string {
  const since = `since generation ${base}, up to generation ${head} by ${by}`;
  return `! would undo what was applied ${since}, and is not in ${directoryName}: ${count(objects.length, "object")}`;
}
