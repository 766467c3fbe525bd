/**
 * Text in terminal cells. Names are ASCII, but reasons, events and error messages may hold anything: wide characters
 * take two cells, combining ones none.
 */
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** ASCII, punctuation, arrows, mathematical signs, rules and blocks: a cell a code unit, without a closer look. */
const narrow = /^[ -~·\u2010-\u2027\u2190-\u21FF\u2200-\u22FF\u2500-\u25FC]*$/;
const invisible =
  /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Nonspacing_Mark}\p{Enclosing_Mark}]*$/v;
/** Halfwidth katakana and hangul (U+FF61 to U+FFDC) belong to those scripts, but are narrow. */
const wide =
  /^[[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6]--[\uFF61-\uFFDC]]/v;
const emojiSequence = /^\p{Emoji}\uFE0F/v;
const unsafe = /[\p{Control}\u2028\u2029\u202A-\u202E\u2066-\u2069]/v;
const unsafeRun = /[\p{Control}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gv;
const escapeSequence = /\u001B(?:\[[0-?]*[ -\/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|.)/gv;

/** How many cells a terminal uses for it. */
export function cellsOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += cellsOfGrapheme(segment);
  return cells;
}

/** The text without anything that would steer the terminal: it may come from a guest, a log or a file. */
export function harmless(text: string): string {
  return unsafe.test(text) ? text.replaceAll(escapeSequence, "").replaceAll(unsafeRun, " ") : text;
}

/** A field's value, on a line: of a text of several lines only how many there are. */
export function shortValue(value: string): string {
  const lines = value.replace(/\n$/, "").split("\n").length;
  return lines === 1 ? value : `${String(lines)} lines`;
}

/** Cut to at most `cells`; what is cut ends in `ellipsis`. */
export function truncate(text: string, cells: number, ellipsis: string): string {
  if (cellsOf(text) <= cells) return text;
  const room = cells - cellsOf(ellipsis);
  return room < 0 ? "" : takeCells(text, room) + ellipsis;
}

/** Exactly `cells` wide: cut or padded. */
export function fit(text: string, cells: number, ellipsis: string, align: "left" | "right" = "left"): string {
  const cut = truncate(text, cells, ellipsis);
  const padding = " ".repeat(Math.max(0, cells - cellsOf(cut)));
  return align === "left" ? cut + padding : padding + cut;
}

/** The characters as people count them. */
export function graphemesOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Broken at blanks into lines of at most `cells`; a longer word is broken anywhere. */
export function wrap(text: string, cells: number): readonly string[] {
  const indent = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = indent;
  for (const word of text.slice(indent.length).split(" ")) {
    const longer = line === indent ? line + word : `${line} ${word}`;
    if (cellsOf(longer) <= cells) {
      line = longer;
      continue;
    }
    if (line !== indent) lines.push(line);
    const pieces = pieceWord(word, Math.max(2, cells - indent.length));
    lines.push(...pieces.slice(0, -1).map((piece) => indent + piece));
    line = indent + (pieces.at(-1) ?? "");
  }
  return [...lines, line];
}

function pieceWord(word: string, cells: number): readonly string[] {
  const pieces: string[] = [];
  let rest = word;
  while (cellsOf(rest) > cells) {
    const piece = takeCells(rest, cells);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

/** The longest beginning that fits in `cells`. */
export function takeCells(text: string, cells: number): string {
  if (narrow.test(text)) return text.slice(0, cells);
  let taken = "";
  let left = cells;
  for (const { segment } of graphemes.segment(text)) {
    left -= cellsOfGrapheme(segment);
    if (left < 0) break;
    taken += segment;
  }
  return taken;
}

function cellsOfGrapheme(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) || emojiSequence.test(grapheme) ? 2 : 1;
}
