import { DecodeError } from "../errors.ts";
import { padded } from "./writer.ts";

/**
 * Reads XDR (RFC 4506) from one payload, front to back. It trusts nothing: every length is compared with its limit and
 * with what is left before anything is made of it, so no payload makes it take more memory than a small multiple of
 * the payload's own size.
 *
 * Every method throws `DecodeError` where the bytes are not what was asked for.
 */
export class XdrReader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#take(4));
  }

  uint(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  hyper(): bigint {
    return this.#bytes.readBigInt64BE(this.#take(8));
  }

  uhyper(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  /** An unsigned hyper that counts bytes or KiB: exact up to 2^53. */
  size(): number {
    return Number(this.uhyper());
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#take(8));
  }

  bool(): boolean {
    const at = this.#offset;
    const value = this.uint();
    if (value > 1) throw new DecodeError(`${value} is neither yes nor no`, at);
    return value === 1;
  }

  /** A copy, so that a small value does not hold a large payload in memory. */
  fixed(length: number): Buffer {
    const at = this.#take(padded(length));
    return Buffer.from(this.#bytes.subarray(at, at + length));
  }

  opaque(limit: number): Buffer {
    return this.fixed(this.#count(limit, "bytes"));
  }

  string(limit: number): string {
    const length = this.#count(limit, "bytes");
    const at = this.#take(padded(length));
    return this.#bytes.toString("utf8", at, at + length);
  }

  optional<T>(read: () => T): T | null {
    return this.bool() ? read() : null;
  }

  /** `read` must take at least one unit: an element of no size would make a short payload a long list. */
  list<T>(limit: number, read: () => T): readonly T[] {
    const count = this.#count(limit, "elements");
    if (count * 4 > this.left) {
      throw new DecodeError(`${count} elements do not fit into ${this.left} bytes`, this.#offset);
    }
    return Array.from({ length: count }, read);
  }

  /** Everything has been read. */
  end(): void {
    if (this.left > 0) throw new DecodeError(`${this.left} bytes are left over`, this.#offset);
  }

  #count(limit: number, what: string): number {
    const at = this.#offset;
    const count = this.uint();
    if (count > limit) throw new DecodeError(`${count} ${what} are more than ${limit}`, at);
    return count;
  }

  #take(bytes: number): number {
    const at = this.#offset;
    if (bytes > this.left) throw new DecodeError(`${bytes} bytes are wanted, ${this.left} are left`, at);
    this.#offset = at + bytes;
    return at;
  }
}
