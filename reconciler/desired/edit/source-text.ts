/** One replacement: the text from `start` up to `end` becomes `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A file's text, by lines; offsets are into the text. */
export class SourceText {
  readonly text: string;
  /** How lines end here. */
  readonly eol: string;

  constructor(text: string) {
    this.text = text;
    this.eol = /\r\n/.test(text) && !/[^\r]\n/.test(text) ? "\r\n" : "\n";
  }

  lineStart(offset: number): number {
    return this.text.lastIndexOf("\n", offset - 1) + 1;
  }

  /** Where the line's own text ends, before its line break. */
  lineEnd(offset: number): number {
    const newline = this.text.indexOf("\n", offset);
    if (newline === -1) return this.text.length;
    return this.text[newline - 1] === "\r" && newline > offset ? newline - 1 : newline;
  }

  /** Where the next line starts, or the end of the text. */
  nextLine(offset: number): number {
    const newline = this.text.indexOf("\n", offset);
    return newline === -1 ? this.text.length : newline + 1;
  }

  /** What stands before `offset` on its line. */
  before(offset: number): string {
    return this.text.slice(this.lineStart(offset), offset);
  }

  /** The lines from the one of `start` to the one of `end`, with the line break that belongs to them. */
  wholeLines(start: number, end: number): Splice {
    return { start: this.lineStart(start), end: this.nextLine(end), text: "" };
  }

  /** A line of its own after the line of `offset`. */
  lineAfter(offset: number, line: string): Splice {
    const at = this.nextLine(offset);
    const isLast = at === this.text.length && !this.text.endsWith("\n");
    return { start: at, end: at, text: isLast ? this.eol + line : line + this.eol };
  }

  /** A line of its own before the line of `offset`. */
  lineBefore(offset: number, line: string): Splice {
    const at = this.lineStart(offset);
    return { start: at, end: at, text: line + this.eol };
  }
}

/** The text with all splices made at once, or undefined where two of them overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string | undefined {
  const sorted = splices.map((splice, order) => ({ ...splice, order }));
  sorted.sort((a, b) => a.start - b.start || a.end - b.end || a.order - b.order);
  let result = "";
  let at = 0;
  for (const splice of sorted) {
    if (splice.start < at) return undefined;
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}
