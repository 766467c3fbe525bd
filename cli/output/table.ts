/** Tables as `kubectl` draws them: as wide as what is in them, two blanks between the columns, no frames. */
import { cellsOfLine, fitLine, span, type Line } from "../../tui/view/line.ts";

export interface Column<Row> {
  readonly title: string;
  readonly align?: "right";
  /** Only shown by `-o wide`. */
  readonly wide?: boolean;
  /** One word, so that the columns stay columns for `awk`; only the last one may hold a sentence. */
  readonly cell: (row: Row) => Line;
}

/** One line for each row, after one with the titles. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly Line[] {
  const titles = columns.map(({ title }): Line => [span(title, "muted")]);
  const cells = rows.map((row) => columns.map(({ cell }) => orDash(cell(row))));
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...cells].map((line) => cellsOfLine(line[index] ?? []))),
  );
  return [titles, ...cells].map((line) =>
    line.flatMap((cell, index) => [
      ...(index === 0 ? [] : [gap]),
      ...fitLine(cell, widths[index] ?? 0, "", columns[index]?.align ?? "left"),
    ]),
  );
}

const gap = span("  ");

/** An empty cell would shift the columns behind it. */
function orDash(cell: Line): Line {
  return cellsOfLine(cell) === 0 ? [span("-", "muted")] : cell;
}
