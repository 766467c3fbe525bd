/** Where the offsets of a text are, as people count: lines and columns from 1. */
export class TextLines {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#start(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#start(low) + 1 };
  }

  /** The line without its end. */
  lineText(line: number): string {
    const next = this.#starts[line];
    const end = next === undefined ? this.text.length : next - 1;
    return this.text.slice(this.#start(line - 1), end).replace(/\r$/, "");
  }

  #start(index: number): number {
    return this.#starts[index] ?? 0;
  }
}

/** How many lines end before `offset`, counted on from an earlier offset of the same text. */
export function countLines(text: string, from: number, offset: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
