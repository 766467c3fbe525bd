/**
 * Writes XDR (RFC 4506): big-endian, in units of four bytes. What cannot be written as asked is a `RangeError`: the
 * caller's mistake, and nothing was sent.
 */
export class XdrWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 256) {
    this.#buffer = Buffer.alloc(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written so far; later writing does not change it. */
  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }

  int(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeInt32BE(value, at);
  }

  uint(value: number): void {
    const at = this.#take(4);
    this.#buffer.writeUInt32BE(value, at);
  }

  hyper(value: bigint): void {
    const at = this.#take(8);
    this.#buffer.writeBigInt64BE(value, at);
  }

  uhyper(value: bigint): void {
    const at = this.#take(8);
    this.#buffer.writeBigUInt64BE(value, at);
  }

  double(value: number): void {
    const at = this.#take(8);
    this.#buffer.writeDoubleBE(value, at);
  }

  bool(value: boolean): void {
    this.uint(value ? 1 : 0);
  }

  /** Bytes whose number both sides know. */
  fixed(value: Uint8Array): void {
    const at = this.#take(padded(value.length));
    this.#buffer.set(value, at);
  }

  opaque(value: Uint8Array, limit: number): void {
    if (value.length > limit) throw new RangeError(`${value.length} bytes are more than ${limit}`);
    this.uint(value.length);
    this.fixed(value);
  }

  string(value: string, limit: number): void {
    // The other side is written in C: it would read the text up to there, and do something else than was asked.
    if (value.includes("\0")) throw new RangeError("a text with a zero in it cannot be sent");
    this.opaque(Buffer.from(value, "utf8"), limit);
  }

  optional<T>(value: T | null, write: (value: T) => void): void {
    this.bool(value !== null);
    if (value !== null) write(value);
  }

  list<T>(values: readonly T[], limit: number, write: (value: T) => void): void {
    if (values.length > limit) throw new RangeError(`${values.length} elements are more than ${limit}`);
    this.uint(values.length);
    for (const value of values) write(value);
  }

  /** Where the next bytes go; they are zero. */
  #take(bytes: number): number {
    const at = this.#length;
    const needed = at + bytes;
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#length = needed;
    return at;
  }
}

/** XDR fills up to a multiple of four. */
export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
