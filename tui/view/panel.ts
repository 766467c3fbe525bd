/** A titled part of the screen: lines that are made when they come into sight, so that 10,000 cost what 20 do. */
import type { Glyphs } from "./glyphs.ts";
import { blank, span, type Line } from "./line.ts";

/** What every view needs to know of the terminal. */
export interface Canvas {
  readonly cells: number;
  readonly glyphs: Glyphs;
}

export interface Panel {
  readonly title: string;
  /** At the right end of the title: counts. */
  readonly aside: Line;
  readonly headings: Line | null;
  /**
   * One for each line; null where the cursor does not stop. A key begins with the object that the line is about and
   * goes on after a `#` where one object has several lines: `VM/web1`, `VM/web1#memory`.
   */
  readonly keys: readonly (string | null)[];
  /** A list moves its cursor, a text its lines. */
  readonly scrolls: "list" | "text";
  readonly lineAt: (index: number, now: number) => Line;
  /** Said where there is no line. */
  readonly empty: readonly string[];
}

/** The cells before each line that mark the cursor. */
export const markerCells = 2;

/** The object that a line is about: `VM/web1`. */
export function objectOfKey(key: string): string {
  return key.split("#", 1)[0] ?? key;
}

export interface Entry {
  readonly key: string | null;
  readonly line: (now: number) => Line;
}

export function entry(key: string | null, line: Line): Entry {
  return { key, line: () => line };
}

export const emptyEntry: Entry = entry(null, blank);

/** Lines under a heading of their own; nothing where there are none. */
export function sectionOf(title: string, meaning: string, entries: readonly Entry[]): readonly Entry[] {
  if (entries.length === 0) return [];
  const heading: Line = [span(title, "title"), span(`  ${meaning}`, "muted")];
  return [entry(null, heading), ...entries, emptyEntry];
}

/** A panel of lines of different kinds. */
export function panelOfEntries(
  frame: Pick<Panel, "title" | "aside" | "empty" | "scrolls">,
  entries: readonly Entry[],
): Panel {
  return {
    ...frame,
    headings: null,
    keys: entries.map(({ key }) => key),
    lineAt: (index, now) => entries[index]?.line(now) ?? blank,
  };
}
