import type { ClusterReport } from "../../reconciler/model/report.ts";
import type { Digest } from "../digest.ts";
import type { UiState } from "../state.ts";
import { fitLine, span, type Line } from "./line.ts";
import type { Canvas } from "./panel.ts";
import { promptLines } from "./prompt.ts";
import { statusLine } from "./status.ts";
import { wrap } from "./text.ts";

/** What stands above the key bar: what is typed, else what was said, else what waits. Usually one line. */
export function bottomLines(
  state: UiState,
  report: ClusterReport | null,
  digest: Digest | null,
  canvas: Canvas,
): readonly Line[] {
  return content()
    .slice(-mostLines)
    .map((line) => fitLine(line, canvas.cells, canvas.glyphs.ellipsis));

  function content(): readonly Line[] {
    const { prompt, notice } = state;
    if (prompt !== null) return promptLines(prompt, report, canvas);
    if (notice === null && state.marks.size > 0) return [marksLine(state.marks)];
    if (notice === null) return [statusLine(report, digest, canvas)];
    return wrap(notice.text, canvas.cells - 2).map((text) => [span(` ${text}`, notice.tone)]);
  }
}

function marksLine(marks: ReadonlySet<string>): Line {
  const names = [...marks].map((object) => object.slice(object.indexOf("/") + 1));
  return [span(` ${String(marks.size)} marked: `, "title"), span(names.join(" "))];
}

const mostLines = 4;
