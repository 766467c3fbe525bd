import type { ChangeReport, FieldReport, StepReport } from "../../reconciler/model/report.ts";
import type { SourcePosition } from "../../reconciler/model/desired.ts";
import { edges, joinLines, span, type Line } from "./line.ts";
import { entry, markerCells, type Canvas, type Entry } from "./panel.ts";
import { changeTones, impactTones } from "./states.ts";
import { fit, shortValue } from "./text.ts";

/** Sign, word and a gap. */
export const wordCells = 11;

/** A pending edit with its fields: one line, and one more for each further field. */
export function editEntries(change: ChangeReport, objectCells: number, canvas: Canvas): readonly Entry[] {
  const fields = change.fields.map((field) => fieldLine(field, canvas));
  const first = fields[0] ?? [span(change.reason.text, "muted")];
  const indent = span(" ".repeat(wordCells + objectCells + 2));
  return [
    changeEntry(change, objectCells, first, canvas),
    ...fields
      .slice(1)
      .map((field, index) => entry(`${change.object}#field${String(index)}`, [indent, ...field])),
  ];
}

/** A pending edit with what would be done: one line, and one more for each step. */
export function stepEntries(change: ChangeReport, objectCells: number, canvas: Canvas): readonly Entry[] {
  const target = change.target === null ? [] : [span(`${canvas.glyphs.arrow} ${change.target}`)];
  const first = joinLines([target, [span(change.reason.text, "muted")]], span("  "));
  return [
    changeEntry(change, objectCells, first, canvas),
    ...change.steps.map((step) => entry(null, stepLine(step, canvas))),
  ];
}

/** The widest object name among `changes`, within reason. */
export function objectCellsOf(objects: readonly { readonly object: string }[]): number {
  return Math.min(28, Math.max(8, ...objects.map(({ object }) => object.length)));
}

/** "vms.yaml:8", right of what it asked for. */
export function sourceLabel(source: SourcePosition | null): string {
  return source === null ? "" : `${source.file}:${String(source.line)}`;
}

function changeEntry(change: ChangeReport, objectCells: number, what: Line, canvas: Canvas): Entry {
  const { glyphs } = canvas;
  const word = fit(`${glyphs.change[change.word]} ${change.word}`, wordCells, glyphs.ellipsis);
  const left: Line = [
    span(word, changeTones[change.word]),
    span(`${fit(change.object, objectCells, glyphs.ellipsis)}  `, "title"),
    ...what,
  ];
  const impact = change.impact === "none" ? [] : [span(change.impact, impactTones[change.impact])];
  const source = change.source === null ? [] : [span(sourceLabel(change.source), "muted")];
  const right = joinLines([impact, source], span("  "));
  const spaced = right.length === 0 ? right : [span("  "), ...right];
  return entry(
    `${change.object}#${change.word}`,
    edges(left, spaced, canvas.cells - markerCells, glyphs.ellipsis),
  );
}

function fieldLine(field: FieldReport, canvas: Canvas): Line {
  const { glyphs } = canvas;
  const next = shortValue(field.new ?? (field.old === null ? "" : "(removed)"));
  const value: Line =
    field.old === null
      ? [span(next)]
      : [span(shortValue(field.old), "muted"), span(` ${glyphs.arrow} `, "muted"), span(next)];
  const effect = field.effect === "next-restart" ? [span("  at next restart", "warn")] : [];
  return [span(`${field.path} `), ...value, ...effect];
}

/** A step that waits says for what, others why they are taken. */
function stepLine(step: StepReport, canvas: Canvas): Line {
  const text = `${" ".repeat(wordCells)}${canvas.glyphs.dot} ${step.text}  `;
  return [
    span(text),
    step.waits === null ? span(step.reason.text, "muted") : span(`(${step.waits.text})`, "warn"),
  ];
}
