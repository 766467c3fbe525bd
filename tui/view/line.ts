/** One line of the screen as data: spans of text, each with a tone. Colours are chosen where it is painted. */
import { cellsOf, fit, harmless, takeCells, truncate } from "./text.ts";

/** What a piece of text is, not how it looks. Whatever a tone says, a sign or a word says too. */
export type Tone =
  | "plain"
  | "title"
  | "ok"
  | "busy"
  | "warn"
  | "bad"
  | "muted"
  | "key"
  /** Whole lines that must be seen. */
  | "banner-warn"
  | "banner-bad"
  | "cursor";

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

export function span(text: string, tone: Tone = "plain"): Span {
  return { text: harmless(text), tone };
}

export const blank: Line = [];

export function cellsOfLine(line: Line): number {
  return line.reduce((sum, part) => sum + cellsOf(part.text), 0);
}

/** The text alone. */
export function textOf(line: Line): string {
  return line.map((part) => part.text).join("");
}

/** The same line at exactly `cells`: cut or padded. */
export function fitLine(line: Line, cells: number, ellipsis: string, align: "left" | "right" = "left"): Line {
  const length = cellsOfLine(line);
  if (length > cells) return cutLine(line, cells, ellipsis);
  if (length === cells) return line;
  const padding: Span = { text: " ".repeat(cells - length), tone: "plain" };
  return align === "left" ? [...line, padding] : [padding, ...line];
}

/** `left` and `right` at the two ends of a line, two cells apart at least; the left one gives way. */
export function edges(left: Line, right: Line, cells: number, ellipsis: string): Line {
  const room = cells - cellsOfLine(right) - edgeGap;
  if (right.length === 0 || room < minimumLeft) return fitLine(left, cells, ellipsis);
  return [...fitLine(left, room, ellipsis), span(" ".repeat(edgeGap)), ...right];
}

/** `parts` with `separator` between those that are not empty. */
export function joinLines(parts: readonly Line[], separator: Span): Line {
  const lines = parts.filter((part) => part.length > 0);
  return lines.flatMap((part, index) => (index === 0 ? part : [separator, ...part]));
}

export function sameLine(a: Line, b: Line): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((part, index) => part.text === b[index]?.text && part.tone === b[index].tone);
}

/** Below this, what stands at the right is left out. */
const minimumLeft = 12;
const edgeGap = 2;

function cutLine(line: Line, cells: number, ellipsis: string): Line {
  const kept: Span[] = [];
  let left = Math.max(0, cells - cellsOf(ellipsis));
  let tone: Tone = "plain";
  for (const part of line) {
    tone = part.tone;
    const taken = takeCells(part.text, left);
    kept.push({ text: taken, tone });
    left -= cellsOf(taken);
    if (taken !== part.text) break;
  }
  const end = fit(truncate(ellipsis, cells, ""), Math.min(cells, cellsOf(ellipsis) + left), "");
  return [...kept, { text: end, tone }].filter((part) => part.text !== "");
}
