import { LinkError } from "../errors.ts";
import { decodeFrame, type Frame, headerBytes, maxFrameBytes } from "./frame.ts";

/**
 * Cuts a stream of bytes into frames. A length is judged as soon as its four bytes are there, and memory is taken for
 * what has arrived, never for what a length promises.
 */
export class Frames {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #held = 0;

  constructor(limit = maxFrameBytes) {
    this.#limit = limit;
  }

  /**
   * The frames that `bytes` completes.
   *
   * @throws LinkError `protocol`: the stream is no such protocol; nothing after it can be understood.
   */
  *push(bytes: Buffer): Generator<Frame, void, undefined> {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    for (;;) {
      const length = this.#nextLength();
      if (length === null || this.#held < length) return;
      yield decodeFrame(this.#take(length));
    }
  }

  /** Whether the stream may end here: not within a frame. */
  get isBetweenFrames(): boolean {
    return this.#held === 0;
  }

  #nextLength(): number | null {
    if (this.#held < 4) return null;
    const length = this.#front(4).readUInt32BE(0);
    if (length < headerBytes || length > this.#limit) {
      throw new LinkError("protocol", `a frame that claims ${length} bytes`);
    }
    return length;
  }

  /** The first bytes in one piece, which also stay where they are. */
  #front(bytes: number): Buffer {
    const first = this.#parts[0];
    if (first !== undefined && first.length >= bytes) return first;
    const joined = Buffer.concat(this.#parts);
    this.#parts = [joined];
    return joined;
  }

  #take(bytes: number): Buffer {
    const front = this.#front(bytes);
    const rest = front.subarray(bytes);
    if (rest.length === 0) this.#parts.shift();
    else this.#parts[0] = rest;
    this.#held -= bytes;
    return front.subarray(0, bytes);
  }
}
