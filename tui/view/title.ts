import { groupDigits } from "./amounts.ts";
import { cellsOfLine, fitLine, span, type Line } from "./line.ts";
import type { Canvas, Panel } from "./panel.ts";

/** `─ VMS 12 ─────── 9 running  3 stopped ─`: what a panel shows, and where in it the window is. */
export function titleLine(panel: Panel, top: number, rows: number, canvas: Canvas): Line {
  const { glyphs, cells } = canvas;
  const position = panel.keys.length > rows ? [span(` ${positionOf(panel, top, rows)} `, "muted")] : [];
  const end: Line = [...position, span(glyphs.rule, "muted")];
  const start: Line = [span(`${glyphs.rule} `, "muted"), span(panel.title, "title"), span(" ")];
  const room = cells - cellsOfLine(start) - cellsOfLine(end);
  const rule = (length: number) => span(glyphs.rule.repeat(Math.max(0, length)), "muted");
  const asideRoom = room - shortestRule - 2;
  if (panel.aside.length === 0 || asideRoom < leastAside)
    return fitLine([...start, rule(room), ...end], cells, glyphs.ellipsis);
  const aside = dropLast(panel.aside, asideRoom, glyphs.ellipsis);
  return [...start, rule(room - cellsOfLine(aside) - 2), span(" "), ...aside, span(" "), ...end];
}

/** Leaves out whole spans at the end rather than to cut one. */
function dropLast(line: Line, cells: number, ellipsis: string): Line {
  if (cellsOfLine(line) <= cells) return line;
  let kept = line.slice(0, -1);
  while (kept.length > 1 && cellsOfLine(kept) + 1 > cells) kept = kept.slice(0, -1);
  return [...kept, span(ellipsis, "muted")];
}

const shortestRule = 2;
const leastAside = 8;

function positionOf(panel: Panel, top: number, rows: number): string {
  const last = Math.min(panel.keys.length, top + rows);
  return `${groupDigits(top + 1)}-${groupDigits(last)} of ${groupDigits(panel.keys.length)}`;
}
