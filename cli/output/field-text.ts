/** A field that changes, as lines: from what to what, and of long texts the lines in which they differ. */
import type { ChangeReport } from "../../reconciler/model/report.ts";
import { shortValue } from "../../tui/view/text.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { type Layout, moreLine, oneLine } from "./layout.ts";
import { changedLines } from "./text-diff.ts";

interface Change {
  readonly old: string | null;
  readonly new: string | null;
}

/** More of them are counted, where not everything is asked for. */
const diffMax = 16;

/** `2GiB → 4GiB`; `40 lines → 41 lines`. */
export function changeText(field: Change, { glyphs }: Pick<Layout, "glyphs">): string {
  return `${shortValue(field.old ?? "(none)")} ${glyphs.arrow} ${shortValue(field.new ?? "(none)")}`;
}

/** `state stopped, memory 512MiB`: the fields of what is new. */
export function newFieldsText(fields: readonly (Change & { readonly path: string })[]): string {
  return fields.map((field) => `${field.path} ${shortValue(field.new ?? "")}`).join(", ");
}

/** Each field of a change: of what is new its value, else from what to what. */
export function changeFields(
  { word, fields }: ChangeReport,
  layout: Pick<Layout, "glyphs">,
): readonly string[] {
  const isBirth = word === "create" || word === "adopt";
  return fields.map((field) =>
    isBirth ? newFieldsText([field]) : `${field.path} ${changeText(field, layout)}`,
  );
}

/** Where both are long, such as a domain XML: how the one becomes the other. */
export function differingLines(indent: number, field: Change, layout: Layout): readonly Line[] {
  const texts = [field.old ?? "", field.new ?? ""] as const;
  if (texts.some((text) => shortValue(text) === text)) return [];
  const lines = changedLines(...texts);
  const shown = layout.detail || lines.length <= diffMax ? lines : lines.slice(0, diffMax - 1);
  const left = lines.length - shown.length;
  const margin = span(" ".repeat(indent));
  return [
    ...shown.map((line) => oneLine([margin, ...line], layout)),
    ...moreLine(left, "`--detail` shows all", layout),
  ];
}
