/** How the lines of the terminal are shared out. */
import type { Shape } from "./cursor.ts";
import type { Panel } from "./view/panel.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A panel with the lines it gets: its title and headings take one each where there is room. */
export interface PlacedPanel {
  readonly panel: Panel;
  readonly rows: number;
  readonly hasTitle: boolean;
  readonly hasHeadings: boolean;
}

/** Lines beside the panels: header, status or prompt, key bar. The status goes first where there are too few. */
export function chromeRows(rows: number): {
  readonly header: number;
  readonly status: number;
  readonly keyBar: number;
} {
  return { header: rows >= 3 ? 1 : 0, status: rows >= 6 ? 1 : 0, keyBar: rows >= 2 ? 1 : 0 };
}

/** One panel gets everything; of two, the upper one gets what it needs, up to two fifths. */
export function placePanels(panels: readonly Panel[], rows: number): readonly PlacedPanel[] {
  const [upper, lower] = panels;
  if (upper === undefined) return [];
  if (lower === undefined) return [placePanel(upper, rows)];
  if (rows < smallestSplit) return [placePanel(upper, 0), placePanel(lower, rows)];
  const wanted = upper.keys.length + extraRows(upper);
  const upperRows = Math.min(wanted, Math.floor((rows * 2) / 5));
  return [placePanel(upper, upperRows), placePanel(lower, rows - upperRows)];
}

export function shapesOf(placed: readonly PlacedPanel[]): readonly Shape[] {
  return placed.map(({ panel, rows }) => ({
    keys: rows === 0 ? [] : panel.keys,
    scrolls: panel.scrolls,
    rows: Math.max(1, rows),
  }));
}

/** Fewer lines than this are better used by one list. */
const smallestSplit = 9;

function placePanel(panel: Panel, rows: number): PlacedPanel {
  const hasTitle = rows >= 2;
  const hasHeadings = panel.headings !== null && rows >= 2 + Math.max(1, Math.min(2, panel.keys.length));
  return {
    panel,
    hasTitle,
    hasHeadings,
    rows: Math.max(0, rows - (hasTitle ? 1 : 0) - (hasHeadings ? 1 : 0)),
  };
}

function extraRows(panel: Panel): number {
  return 1 + (panel.headings === null ? 0 : 1);
}
