import { unreachable } from "../../reconciler/model/unreachable.ts";
import { bindings, type Binding } from "../bindings.ts";
import type { KeyContext } from "../outcome.ts";
import type { Prompt } from "../state.ts";
import { cellsOfLine, edges, fitLine, joinLines, span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";

/** The last line: what can be pressed here. Where the room ends, the less needed keys are left to the help. */
export function keyBarLine(context: KeyContext, canvas: Canvas): Line {
  const { cells, glyphs } = canvas;
  if (context.state.prompt !== null) return [space, ...hints(promptKeys(context.state.prompt.kind))];
  const shown = bindings.filter((binding) => binding.works(context));
  const right = [...hints(shown.filter((binding) => binding.bar === "right").map(hintOf)), space];
  const room = cells - cellsOfLine(right) - 3;
  if (room < 0) return fitLine([space, ...right], cells, glyphs.ellipsis);
  const left = fitting(shown.filter((binding) => binding.bar === "left").map(hintOf), room);
  return edges([space, ...left], right, cells, glyphs.ellipsis);
}

type Hint = readonly [key: string, label: string];

const space = span(" ");
const gap = span("  ");

function hintOf(binding: Binding): Hint {
  return [binding.shown, binding.label];
}

function hints(list: readonly Hint[]): Line {
  return joinLines(
    list.map(([key, label]) => [span(key, "key"), span(` ${label}`)]),
    gap,
  );
}

function fitting(list: readonly Hint[], cells: number): Line {
  const line = hints(list);
  return cellsOfLine(line) <= cells || list.length === 0 ? line : fitting(list.slice(0, -1), cells);
}

function promptKeys(kind: Prompt["kind"]): readonly Hint[] {
  switch (kind) {
    case "command":
      return [
        ["Enter", "run"],
        ["Tab", "complete"],
        ["Esc", "cancel"],
      ];
    case "filter":
      return [
        ["Enter", "keep"],
        ["Esc", "drop"],
        ["!text", "without it"],
        ["regular expressions", "too"],
      ];
    case "apply":
    case "verb":
      return [
        ["y", kind === "apply" ? "yes, apply" : "yes, run it"],
        ["any other key", "cancel"],
      ];
    case "typed-verb":
      return [
        ["Enter", "do it"],
        ["Esc", "cancel"],
      ];
    case "approve":
      return [
        ["Enter", "approve"],
        ["Esc", "cancel"],
        ["name disk", "destroys that disk too"],
      ];
    default:
      return unreachable(kind);
  }
}
