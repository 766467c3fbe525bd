/** Tables: columns get their width from what the terminal has, the least important ones leave first. */
import type { Glyphs } from "./glyphs.ts";
import { fitLine, span, type Line, type Span } from "./line.ts";

export interface Column<Item> {
  readonly title: string;
  /** Cells it needs; the one that grows takes what is left. */
  readonly cells: number;
  readonly grows: boolean;
  /** Leaves a terminal that is too narrow, the highest first; 0: stays. */
  readonly drop: number;
  readonly align: "left" | "right";
  readonly cell: (item: Item, now: number, cells: number) => Line;
}

export interface Table<Item> {
  readonly headings: Line;
  readonly lineOf: (item: Item, now: number) => Line;
}

const gap: Span = { text: "  ", tone: "plain" };

/** Lays the columns out for lines of `cells`. Lines may still be longer where even the fixed columns do not fit. */
export function layOut<Item>(columns: readonly Column<Item>[], cells: number, glyphs: Glyphs): Table<Item> {
  const fitting = dropColumns(columns, cells);
  const spare = Math.max(0, cells - neededBy(fitting));
  const placed = fitting.map((column) => ({ column, cells: column.cells + (column.grows ? spare : 0) }));
  return {
    headings: placed.flatMap(({ column, cells: width }, index) => [
      ...(index === 0 ? [] : [gap]),
      ...fitLine([span(column.title, "muted")], width, glyphs.ellipsis, column.align),
    ]),
    lineOf: (item, now) =>
      placed.flatMap(({ column, cells: width }, index) => [
        ...(index === 0 ? [] : [gap]),
        ...fitLine(column.cell(item, now, width), width, glyphs.ellipsis, column.align),
      ]),
  };
}

/** The width that the longest of `texts` needs, between `least` and `most`. Names are ASCII: a cell a character. */
export function widest(texts: Iterable<string>, least: number, most: number): number {
  let cells = least;
  for (const text of texts) cells = Math.max(cells, text.length);
  return Math.min(cells, most);
}

function dropColumns<Item>(columns: readonly Column<Item>[], cells: number): readonly Column<Item>[] {
  if (neededBy(columns) <= cells) return columns;
  const first = columns.reduce((chosen, column) => (column.drop > chosen.drop ? column : chosen));
  return first.drop === 0
    ? columns
    : dropColumns(
        columns.filter((column) => column !== first),
        cells,
      );
}

function neededBy<Item>(columns: readonly Column<Item>[]): number {
  return columns.reduce((sum, column) => sum + column.cells, 0) + gap.text.length * (columns.length - 1);
}
