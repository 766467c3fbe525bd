import { fromBuffer, type Bytes } from "../core/bytes.ts";

/** Whole numbers are written in six bytes: enough for revisions, counts and milliseconds for ever. */
const numberBytes = 6;

/** Writes numbers and byte strings one after the other. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  tag(value: number): this {
    this.#reserve(1);
    this.#length = this.#buffer.writeUInt8(value, this.#length);
    return this;
  }

  number(value: number): this {
    this.#reserve(numberBytes);
    this.#length = this.#buffer.writeUIntBE(value, this.#length, numberBytes);
    return this;
  }

  bytes(value: Bytes): this {
    this.#reserve(4 + value.length);
    this.#length = this.#buffer.writeUInt32BE(value.length, this.#length);
    this.#length += this.#buffer.write(value, this.#length, "latin1");
    return this;
  }

  /** What was written. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** Reads what a `ByteWriter` wrote. Throws a `RangeError` where it ends too early. */
export class ByteReader {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
  }

  get done(): boolean {
    return this.#at === this.#buffer.length;
  }

  tag(): number {
    return this.#buffer.readUInt8(this.#advance(1));
  }

  number(): number {
    return this.#buffer.readUIntBE(this.#advance(numberBytes), numberBytes);
  }

  bytes(): Bytes {
    const length = this.#buffer.readUInt32BE(this.#advance(4));
    const start = this.#advance(length);
    return fromBuffer(this.#buffer.subarray(start, start + length));
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#buffer.length) throw new RangeError("the record ends too early");
    this.#at = at + bytes;
    return at;
  }
}
