/** What a command that was asked answers, as lines. */
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { span, type Line } from "./line.ts";
import { markerCells, type Canvas } from "./panel.ts";
import { harmless, wrap } from "./text.ts";

export type Answer =
  | { readonly phase: "asking" }
  | { readonly phase: "answered"; readonly lines: readonly string[] }
  | { readonly phase: "failed"; readonly problem: string };

export function answerLines(answer: Answer, canvas: Canvas): readonly Line[] {
  switch (answer.phase) {
    case "asking":
      return [[span(`asking${canvas.glyphs.ellipsis}`, "muted")]];
    case "failed":
      return wrap(answer.problem, canvas.cells - markerCells).map((line) => [span(line, "bad")]);
    case "answered":
      return answer.lines
        .flatMap((line) => wrap(harmless(line), canvas.cells - markerCells))
        .map((line) => [span(line)]);
    default:
      return unreachable(answer);
  }
}
