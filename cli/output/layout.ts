/** What the parts of a text share: how wide it may be, which signs it may use, and where the files are. */
import { cellsOf, truncate, wrap } from "../../tui/view/text.ts";
import type { SourcePosition } from "../../reconciler/model/desired.ts";
import { cellsOfLine, fitLine, type Line, span, type Tone } from "../../tui/view/line.ts";
import type { Glyphs } from "../../tui/view/glyphs.ts";
import type { Context } from "../context.ts";
import { glyphsOf } from "./signs.ts";
import { cellsOfTerminal } from "./width.ts";

export interface Layout {
  /** Width to wrap at. */
  readonly cells: number;
  readonly glyphs: Glyphs;
  /** The folder, as the user wrote it. */
  readonly directoryName: string;
  /** Everything one by one, however long it gets. */
  readonly detail: boolean;
}

export function layoutFor(context: Pick<Context, "terminal" | "directoryName">, detail = false): Layout {
  const { terminal, directoryName } = context;
  return { cells: cellsOfTerminal(terminal), glyphs: glyphsOf(terminal), directoryName, detail };
}

/** `cluster.d/web.yaml:12`: a click, or a paste after the editor's name, opens it. */
export function placeOf({ file, line }: SourcePosition, { directoryName }: Layout): string {
  return `${directoryName.replace(/\/+$/, "")}/${file}:${line}`;
}

/** The text, indented and wrapped. */
export function paragraph(indent: number, text: string, tone: Tone, { cells }: Layout): readonly Line[] {
  return wrap(" ".repeat(indent) + text, cells).map((line) => [span(line, tone)]);
}

/** `web1, web2, … web200`: as many of the names as fit, and always the last. */
export function namesIn(names: readonly string[], cells: number, { ellipsis }: Glyphs): string {
  const whole = names.join(", ");
  if (cellsOf(whole) <= cells) return whole;
  const last = names.at(-1) ?? "";
  const room = cells - cellsOf(`, ${ellipsis} ${last}`);
  const shown: string[] = [];
  let used = 0;
  for (const name of names.slice(0, -1)) {
    used += cellsOf(name) + (shown.length === 0 ? 0 : 2);
    if (used > room) break;
    shown.push(name);
  }
  return shown.length === 0 ? truncate(whole, cells, ellipsis) : `${shown.join(", ")}, ${ellipsis} ${last}`;
}

export function heading(text: string): Line {
  return [span(text, "title")];
}

/** Blocks of lines with an empty line between them; empty blocks leave no trace. */
export function sections(blocks: readonly (readonly Line[])[]): readonly Line[] {
  const filled = blocks.filter((block) => block.length > 0);
  return filled.flatMap((block, index) => (index === 0 ? block : [[], ...block]));
}

/** At most one line of the terminal. */
export function oneLine(line: Line, { cells, glyphs }: Layout): Line {
  return cellsOfLine(line) <= cells ? line : fitLine(line, cells, glyphs.ellipsis);
}

/** `… and 12 more; `--detail` shows all`. */
export function moreLine(count: number, command: string, { glyphs }: Layout): readonly Line[] {
  return count === 0 ? [] : [[span(`  ${glyphs.ellipsis} and ${count} more; ${command}`, "muted")]];
}
