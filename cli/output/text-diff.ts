/** Two texts, and the lines in which they differ, as `diff -u` shows them. */
import { type Line, span } from "../../tui/view/line.ts";

const contextLines = 3;
/** Beyond so many pairs of lines the middle is told as replaced: it would be no use to a reader anyway. */
const pairsMax = 4_000_000;

type Edit = { readonly kind: "same" | "added" | "removed"; readonly text: string };

/** null: there is no such file. */
export function textDiff(path: string, before: string | null, after: string | null): readonly Line[] {
  const edits = editsBetween(linesOf(before), linesOf(after));
  return [
    [span(`--- ${before === null ? "/dev/null" : path}`, "title")],
    [span(`+++ ${after === null ? "/dev/null" : path}`, "title")],
    ...hunks(edits),
  ];
}

/** The hunks alone, of texts that are no files. */
export function changedLines(before: string, after: string): readonly Line[] {
  return hunks(editsBetween(linesOf(before), linesOf(after)));
}

function linesOf(text: string | null): readonly string[] {
  if (text === null || text === "") return [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  return text.endsWith("\n") ? lines.slice(0, -1) : lines;
}

/** Each run of differences with a few lines around it; runs that are close share one hunk. */
function hunks(edits: readonly Edit[]): readonly Line[] {
  const near = (index: number) =>
    edits
      .slice(Math.max(0, index - contextLines), index + contextLines + 1)
      .some(({ kind }) => kind !== "same");
  const lines: Line[] = [];
  const at = { before: 1, after: 1 };
  for (let index = 0; index < edits.length;) {
    let end = index;
    while (end < edits.length && near(end)) end++;
    const hunk = edits.slice(index, end);
    if (hunk.length > 0) lines.push(hunkHead(hunk, at), ...hunk.map(editLine));
    const passed = hunk.length > 0 ? hunk : edits.slice(index, index + 1);
    at.before += count(passed, "added");
    at.after += count(passed, "removed");
    index += passed.length;
  }
  return lines;
}

/** How many lines there are but those of one kind. */
function count(edits: readonly Edit[], but: Edit["kind"]): number {
  return edits.filter(({ kind }) => kind !== but).length;
}

function hunkHead(hunk: readonly Edit[], at: { readonly before: number; readonly after: number }): Line {
  const range = (start: number, lines: number) =>
    `${String(lines === 0 ? start - 1 : start)},${String(lines)}`;
  const before = range(at.before, count(hunk, "added"));
  const after = range(at.after, count(hunk, "removed"));
  return [span(`@@ -${before} +${after} @@`, "muted")];
}

function editLine({ kind, text }: Edit): Line {
  if (kind === "same") return [span(` ${text}`)];
  return kind === "added" ? [span(`+${text}`, "ok")] : [span(`-${text}`, "bad")];
}

function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (lines: readonly string[]) => lines.map((text): Edit => ({ kind: "same", text }));
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

/** By the longest common run of lines, in any places. */
function middle(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const edits: Edit[] = [];
  const length = before.length * after.length > pairsMax ? () => 0 : commonLengths(before, after);
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, now] = [before[i], after[j]];
    if (old !== undefined && old === now && length(i, j) > 0) {
      edits.push({ kind: "same", text: old });
      i++;
      j++;
    } else if (old !== undefined && (now === undefined || length(i + 1, j) >= length(i, j + 1))) {
      edits.push({ kind: "removed", text: old });
      i++;
    } else if (now !== undefined) {
      edits.push({ kind: "added", text: now });
      j++;
    }
  }
  return edits;
}

/** How many lines the ends of both, from `i` and from `j`, have in common. */
function commonLengths(
  before: readonly string[],
  after: readonly string[],
): (i: number, j: number) => number {
  const width = after.length + 1;
  const table = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      table[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}
