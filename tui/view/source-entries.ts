import type { SourceReport } from "../../reconciler/model/report.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import { count } from "./amounts.ts";
import type { Glyphs } from "./glyphs.ts";
import { span, type Line } from "./line.ts";
import { entry, type Canvas, type Entry } from "./panel.ts";

/** What the folder says as a whole, in one line: for the drift screen and the status line. */
export function sourceVerdict(source: SourceReport | null, glyphs: Glyphs): Line {
  if (source === null)
    return [span("No folder is watched: `keel reconciler --source DIR` watches one.", "muted")];
  const { directory } = source;
  switch (source.status) {
    case "reading":
      return [span(`${directory} is being read`, "muted")];
    case "ok":
      return [span(`${glyphs.good} ${directory} is valid`, "ok")];
    case "stale":
      return [
        span(`${glyphs.alert} ${directory} is stale`, "warn"),
        span("; only `keel apply` by hand applies it"),
      ];
    case "invalid":
      return [
        span(`${glyphs.alert} ${directory} is invalid: ${count(source.problems.length, "problem")}`, "bad"),
        span("; what was applied last stays in force"),
      ];
    case "suspect":
      return [span(`${glyphs.alert} ${directory} is suspect`, "bad"), span("; nothing of it is applied")];
    case "unreadable":
      return [span(`${glyphs.alert} ${directory} cannot be read`, "bad"), span("; nothing was changed")];
    default:
      return unreachable(source.status);
  }
}

/** The verdict and, where it is a bad one, the problems as they were rendered, caret and all. */
export function sourceEntries(source: SourceReport | null, canvas: Canvas): readonly Entry[] {
  const problems = source?.problems.flatMap((problem) => problem.split("\n")) ?? [];
  return [
    entry(null, sourceVerdict(source, canvas.glyphs)),
    ...problems.map((line, index) => entry(`Source#${String(index)}`, [span(`  ${line}`)])),
  ];
}
