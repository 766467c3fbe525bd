/** The two ends of a terminal, in memory: what was written can be read, keys can be pressed, the size can change. */
import { PassThrough, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";

export class TerminalDouble {
  readonly #input = new Input();
  readonly #output = new Output();

  get stdin(): ReadStream {
    return this.#input as unknown as ReadStream;
  }

  get stdout(): WriteStream {
    return this.#output as unknown as WriteStream;
  }

  /** All that was written so far. */
  get written(): string {
    return this.#output.written;
  }

  get isRaw(): boolean {
    return this.#input.isRaw;
  }

  press(keys: string): void {
    this.#input.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#output.columns = columns;
    this.#output.rows = rows;
    this.#output.emit("resize");
  }

  /** Forgets what was written. */
  forget(): void {
    this.#output.written = "";
  }
}

class Output extends Writable {
  readonly isTTY = true;
  columns = 80;
  rows = 24;
  written = "";

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString();
    done();
  }
}

class Input extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
