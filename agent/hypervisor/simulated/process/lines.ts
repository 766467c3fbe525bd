/** Cuts a stream of text into lines of bounded length. */
export class Lines {
  readonly #limit: number;
  #parts: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The lines that `text` completes, without their ends.
   *
   * @throws RangeError where a line is longer than the limit.
   */
  push(text: string): readonly string[] {
    const pieces = text.split("\n");
    const lines: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      this.#length += piece.length;
      if (this.#length > this.#limit) throw new RangeError(`a line is longer than ${this.#limit} characters`);
      this.#parts.push(piece);
      if (index < pieces.length - 1) lines.push(this.#take());
    }
    return lines;
  }

  #take(): string {
    const line = this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
