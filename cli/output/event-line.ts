import { formatTime } from "../../reconciler/desired/times.ts";
import type { EventReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { levelTones } from "../../tui/view/states.ts";
import { shownId } from "./object-names.ts";

/** One event as a line of a log. The time is UTC, as in every log that it may be laid beside. */
export function eventLine({ at, level, object, code, text }: EventReport, wide = false): Line {
  return [
    span(`${formatTime(Math.floor(at / 1000) * 1000)}  `, "muted"),
    span(`${shownId(object)}  `, "title"),
    ...(level === "note" ? [] : [span(`${level}: `, levelTones[level])]),
    ...(wide ? [span(`${code}  `, "muted")] : []),
    span(text),
  ];
}
