import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { completions } from "../commands.ts";
import { shownWords } from "../verbs.ts";
import type { Prompt } from "../state.ts";
import { cellsOf, graphemesOf, wrap } from "./text.ts";
import { span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";

/** What is being typed, with its cursor: in place of the status line. A question takes the lines it needs. */
export function promptLines(prompt: Prompt, report: ClusterReport | null, canvas: Canvas): readonly Line[] {
  switch (prompt.kind) {
    case "command":
      return [[...typedLine(" :", prompt.text, canvas), ...completionSpans(prompt.text, report)]];
    case "filter":
      return [typedLine(" /", prompt.text, canvas)];
    case "apply":
    case "verb": {
      const lines = wrap(`${prompt.question} [y/N]`, canvas.cells - 3).map((line) => [
        span(` ${line} `, "warn"),
      ]);
      return [...lines.slice(0, -1), [...(lines.at(-1) ?? []), cursor]];
    }
    case "approve":
      return [
        ...wrap(`Destroy ${prompt.vm}? Type its name:`, canvas.cells - 2).map((line) => [
          span(` ${line}`, "bad"),
        ]),
        typedLine(" > ", prompt.text, canvas),
      ];
    case "typed-verb":
      return [
        ...wrap(`${shownWords(prompt.words)}: type ${prompt.name} to do it:`, canvas.cells - 2).map(
          (line) => [span(` ${line}`, "bad")],
        ),
        typedLine(" > ", prompt.text, canvas),
      ];
    default:
      return unreachable(prompt);
  }
}

const cursor = span(" ", "cursor");

/** A long text is shown by its end, where it is being typed. */
function typedLine(sign: string, text: string, canvas: Canvas): Line {
  const room = Math.max(8, canvas.cells - cellsOf(sign) - 2);
  let shown = text;
  while (cellsOf(shown) > room) shown = graphemesOf(shown).slice(1).join("");
  return [span(sign, "key"), span(shown), cursor];
}

/** What Tab would add, and what else would fit. */
function completionSpans(text: string, report: ClusterReport | null): Line {
  const found = text === "" ? [] : completions(text, report);
  const [first] = found;
  if (first === undefined) return [];
  const rest = first.startsWith(text) ? first.slice(text.length) : "";
  const others = found
    .slice(rest === "" && first !== text ? 0 : 1)
    .map((line) => line.slice(line.indexOf(" ") + 1));
  return [span(rest, "muted"), span(others.map((other) => `   ${other}`).join(""), "muted")];
}
