import type { Span } from "./node-places.ts";
import type { Splice } from "./source-text.ts";

/** Removes entries of a flow map or list (`{ a: 1, b: 2 }`) with their commas. At least one entry stays. */
export function removeRuns(
  text: string,
  spans: readonly Span[],
  removed: readonly boolean[],
): readonly Splice[] {
  const splices: Splice[] = [];
  for (let first = 0; first < spans.length; first++) {
    if (removed[first] !== true) continue;
    let last = first;
    while (removed[last + 1] === true) last++;
    splices.push(removeRun(text, spans, first, last));
    first = last;
  }
  return splices;
}

/** A comment that stands between the entry before and this one is about the one before: it stays. */
function removeRun(text: string, spans: readonly Span[], first: number, last: number): Splice {
  const start = spans[first]?.start ?? 0;
  const end = spans[last]?.end ?? 0;
  const above = spans[first - 1];
  const below = spans[last + 1];
  if (above !== undefined && !text.slice(above.end, start).includes("#"))
    return { start: above.end, end, text: "" };
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0;
  return { start, end: below?.start ?? end + comma, text: "" };
}
