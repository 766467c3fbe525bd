/** Lines as text: with the 16 colours that every terminal has, or plain. Every tone is also said by a sign or a word. */
import { styleText } from "node:util";
import type { Context } from "../context.ts";
import { fitLine, type Line, type Span, type Tone } from "../../tui/view/line.ts";
import { glyphsOf } from "./signs.ts";
import { cellsOfTerminal } from "./width.ts";

type Style = Parameters<typeof styleText>[0];

const styles: Readonly<Record<Tone, Style | null>> = {
  "plain": null,
  "title": "bold",
  "ok": "green",
  "busy": "cyan",
  "warn": "yellow",
  "bad": ["red", "bold"],
  "muted": "dim",
  "key": "cyan",
  "banner-warn": ["yellow", "inverse"],
  "banner-bad": ["red", "inverse", "bold"],
  "cursor": "inverse",
};

/** One line as it is written, without blanks at its end. */
export function painted(line: Line, colour: boolean): string {
  return withoutBlankEnd(line)
    .map(({ text, tone }) => {
      const style = styles[tone];
      return style === null || !colour ? text : styleText(style, text, { validateStream: false });
    })
    .join("");
}

/** Lines of the answer, to standard output. */
export function print(context: Pick<Context, "out" | "colour">, lines: readonly Line[]): void {
  for (const line of lines) context.out(painted(line, context.colour));
}

/** Rows, each kept to one line of a terminal; what goes into a file or a pipe is whole. */
export function printRows(
  context: Pick<Context, "out" | "colour" | "terminal">,
  lines: readonly Line[],
): void {
  const { terminal } = context;
  const { ellipsis } = glyphsOf(terminal);
  const cells = cellsOfTerminal(terminal);
  print(context, terminal.isTty ? lines.map((line) => fitLine(line, cells, ellipsis)) : lines);
}

function withoutBlankEnd(line: Line): Line {
  const kept: Span[] = [...line];
  for (let last = kept.pop(); last !== undefined; last = kept.pop()) {
    const text = last.text.trimEnd();
    if (text !== "") return [...kept, { ...last, text }];
  }
  return [];
}
