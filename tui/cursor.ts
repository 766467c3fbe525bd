import { unreachable } from "../reconciler/model/unreachable.ts";

/**
 * Where the cursor of a screen is. It holds on to the key of its line, so that it stays with its VM when rows come and
 * go around it; where the line itself is gone, the place it had decides.
 */
export interface Cursor {
  readonly key: string | null;
  readonly panel: number;
  readonly index: number;
  /** The first line in sight of its panel. */
  readonly top: number;
}

export const cursorAtStart: Cursor = { key: null, panel: 0, index: 0, top: 0 };

/** In a text: at its end, and staying there while it grows. */
export const cursorAtEnd: Cursor = { ...cursorAtStart, top: Number.MAX_SAFE_INTEGER };

/** What the cursor needs to know of a panel: its lines, and how many of them are in sight. */
export interface Shape {
  readonly keys: readonly (string | null)[];
  readonly scrolls: "list" | "text";
  readonly rows: number;
}

export type Motion = "up" | "down" | "page-up" | "page-down" | "first" | "last" | "next-panel";

/** The cursor as it is after the lines changed: same key, or the nearest line that takes a cursor. */
export function settle(cursor: Cursor, shapes: readonly Shape[]): Cursor {
  const found = find(cursor, shapes) ?? nearest(cursor, shapes);
  const shape = shapes[found.panel];
  if (shape === undefined) return cursorAtStart;
  if (shape.scrolls === "text") return { ...found, top: clamp(cursor.top, 0, lastTop(shape)) };
  return withSight(found, shape, found.panel === cursor.panel ? cursor.top : 0);
}

/** The cursor one motion further; it goes from one panel into the next as if they were one list. */
export function move(from: Cursor, motion: Motion, shapes: readonly Shape[]): Cursor {
  const cursor = settle(from, shapes);
  const shape = shapes[cursor.panel];
  if (shape === undefined) return cursor;
  if (shape.scrolls === "text") return scrollText(cursor, motion, shape);
  if (motion === "next-panel") return enter((cursor.panel + 1) % shapes.length, shapes) ?? cursor;
  const target = step(cursor, motion, shapes);
  return settle({ ...target, top: target.panel === cursor.panel ? cursor.top : target.top }, shapes);
}

function scrollText(cursor: Cursor, motion: Motion, shape: Shape): Cursor {
  const top =
    motion === "last" ? cursorAtEnd.top : clamp(cursor.top + scrollBy(motion, shape), 0, lastTop(shape));
  return { ...cursor, top };
}

function scrollBy(motion: Motion, shape: Shape): number {
  switch (motion) {
    case "up":
      return -1;
    case "down":
      return 1;
    case "page-up":
      return -pageOf(shape);
    case "page-down":
      return pageOf(shape);
    case "first":
      return -shape.keys.length;
    case "last":
      return shape.keys.length;
    case "next-panel":
      return 0;
    default:
      return unreachable(motion);
  }
}

function step(cursor: Cursor, motion: Motion, shapes: readonly Shape[]): Cursor {
  const shape = shapes[cursor.panel];
  if (shape === undefined) return cursor;
  const by = scrollBy(motion, shape);
  const direction = by < 0 ? -1 : 1;
  const beyond = beyondPanel(cursor, direction, shapes);
  if (motion === "first" || motion === "last") return far(motion, shapes) ?? cursor;
  const wanted = clamp(cursor.index + by, 0, shape.keys.length - 1);
  const index = takerFrom(shape, wanted, direction) ?? takerFrom(shape, wanted, -direction) ?? cursor.index;
  return index === cursor.index && beyond !== null ? beyond : at(cursor.panel, index, shape, cursor.top);
}

/** The line that the cursor reaches when it leaves its panel, or null at either end of the screen. */
function beyondPanel(cursor: Cursor, direction: number, shapes: readonly Shape[]): Cursor | null {
  for (let panel = cursor.panel + direction; panel >= 0 && panel < shapes.length; panel += direction) {
    const shape = shapes[panel];
    if (shape === undefined) return null;
    const index = takerFrom(shape, direction > 0 ? 0 : shape.keys.length - 1, direction);
    if (index !== null) return at(panel, index, shape, direction > 0 ? 0 : lastTop(shape));
  }
  return null;
}

function far(motion: "first" | "last", shapes: readonly Shape[]): Cursor | null {
  const outside = motion === "first" ? -1 : shapes.length;
  return beyondPanel({ ...cursorAtStart, panel: outside }, motion === "first" ? 1 : -1, shapes);
}

function enter(panel: number, shapes: readonly Shape[]): Cursor | null {
  const shape = shapes[panel];
  const index = shape === undefined ? null : takerFrom(shape, 0, 1);
  return shape === undefined || index === null ? null : at(panel, index, shape, 0);
}

function find(cursor: Cursor, shapes: readonly Shape[]): Cursor | null {
  const { key } = cursor;
  if (key === null) return null;
  if (shapes[cursor.panel]?.keys[cursor.index] === key) return cursor;
  for (const [panel, shape] of shapes.entries()) {
    const index = shape.keys.indexOf(key);
    if (index >= 0) return { ...cursor, panel, index };
  }
  return null;
}

function nearest(cursor: Cursor, shapes: readonly Shape[]): Cursor {
  const panel = clamp(cursor.panel, 0, Math.max(0, shapes.length - 1));
  const shape = shapes[panel];
  if (shape === undefined) return cursorAtStart;
  const wanted = clamp(cursor.index, 0, Math.max(0, shape.keys.length - 1));
  const index = takerFrom(shape, wanted, 1) ?? takerFrom(shape, wanted, -1);
  if (index !== null) return at(panel, index, shape, cursor.top);
  return (
    beyondPanel(cursor, 1, shapes) ??
    beyondPanel(cursor, -1, shapes) ?? { ...cursor, key: null, panel, index: 0 }
  );
}

/** The first line from `index` on, in `direction`, that takes a cursor. */
function takerFrom(shape: Shape, index: number, direction: number): number | null {
  for (let i = index; i >= 0 && i < shape.keys.length; i += direction) {
    if (shape.keys[i] !== null) return i;
  }
  return null;
}

function at(panel: number, index: number, shape: Shape, top: number): Cursor {
  return withSight({ key: shape.keys[index] ?? null, panel, index, top }, shape, top);
}

/** Scrolls just enough. What stands before the first line that takes a cursor, or after the last, is seen with it. */
function withSight(cursor: Cursor, shape: Shape, top: number): Cursor {
  const { index } = cursor;
  const end = lastTop(shape);
  const isFirst = takerFrom(shape, index - 1, -1) === null && index < shape.rows;
  const isLast = takerFrom(shape, index + 1, 1) === null && index >= end;
  const seen = clamp(top, isLast ? end : index - shape.rows + 1, isFirst ? 0 : index);
  return { ...cursor, top: clamp(seen, 0, end) };
}

function lastTop(shape: Shape): number {
  return Math.max(0, shape.keys.length - shape.rows);
}

function pageOf(shape: Shape): number {
  return Math.max(1, shape.rows - 1);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
