/** What differs between two generations, as people and programs read it. */
import { countChanges, type DocumentChange, fieldsOf } from "../../reconciler/control/document-changes.ts";
import type { Head } from "../../reconciler/control/desired-objects.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { ChangeWord } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { changeTones } from "../../tui/view/states.ts";
import { changeText, differingLines, newFieldsText } from "./field-text.ts";
import { type Layout, paragraph, placeOf } from "./layout.ts";
import { shownId } from "./object-names.ts";

/** The sign and the colour of the like in a plan. */
const likes: Readonly<Record<DocumentChange["word"], ChangeWord>> = {
  added: "create",
  changed: "update",
  removed: "remove",
};
const indent = 4;

/** `from` and `to`, then each object with its fields. */
export function differenceLines(
  from: Head,
  to: Head,
  changes: readonly DocumentChange[],
  layout: Layout,
): readonly Line[] {
  const { added, changed, removed } = countChanges(changes);
  const { arrow } = layout.glyphs;
  const counts =
    changes.length === 0
      ? "Both say the same."
      : `${String(added)} added, ${String(changed)} changed, ${String(removed)} removed.`;
  return [
    [span(`${generationText(from)} ${arrow} ${generationText(to)}`, "title")],
    ...changes.flatMap((change) => [[], ...changeLines(change, layout)]),
    [],
    [span(counts)],
  ];
}

function generationText({ generation, by, at }: Head): string {
  return `generation ${String(generation)} (${by}, ${formatTime(at)})`;
}

function changeLines(change: DocumentChange, layout: Layout): readonly Line[] {
  const like = likes[change.word];
  const { glyphs } = layout;
  const { source } = change.word === "removed" ? change.before : change.after;
  const was = change.word === "removed" ? "was at " : "";
  return [
    [
      span(`${glyphs.change[like]} ${change.word.padEnd(8)} `, changeTones[like]),
      span(shownId(change.id), "title"),
    ],
    ...fieldLines(change, layout),
    ...paragraph(indent, `${was}${placeOf(source, layout)}`, "muted", layout),
  ];
}

function fieldLines(change: DocumentChange, layout: Layout): readonly Line[] {
  const fields = fieldsOf(change);
  if (change.word === "added") {
    const text = newFieldsText(fields);
    return text === "" ? [] : paragraph(indent, text, "plain", layout);
  }
  const width = Math.max(0, ...fields.map(({ path }) => path.length));
  return fields.flatMap((field) => {
    const text = `${field.path.padEnd(width)}  ${changeText(field, layout)}`;
    return [...paragraph(indent, text, "plain", layout), ...differingLines(indent, field, layout)];
  });
}
