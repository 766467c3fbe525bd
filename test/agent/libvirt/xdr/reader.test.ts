import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../../../../agent/libvirt/errors.ts";
import { XdrReader } from "../../../../agent/libvirt/xdr/reader.ts";
import { XdrWriter } from "../../../../agent/libvirt/xdr/writer.ts";

function through<T>(write: (out: XdrWriter) => void, read: (input: XdrReader) => T): T {
  const out = new XdrWriter(4);
  write(out);
  assert.equal(out.length % 4, 0);
  const input = new XdrReader(out.bytes());
  const value = read(input);
  input.end();
  return value;
}

const bytes = (...values: readonly number[]) => new XdrReader(Buffer.from(values));

describe("XDR", () => {
  it("gives back what was written, of every type", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.nat(0xffff_ffff),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.double({ noNaN: true }),
        fc.string({ unit: "grapheme" }),
        fc.option(fc.integer()),
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 5 }),
        (int, uint, hyper, uhyper, double, text, optional, list) => {
          const values = through(
            (out) => {
              out.int(int);
              out.uint(uint);
              out.hyper(hyper);
              out.uhyper(uhyper);
              out.double(double);
              out.string(text, 1_000);
              out.optional(optional, (value) => out.int(value));
              out.list(list, 5, (value) => out.opaque(value, 9));
            },
            (input) => [
              input.int(),
              input.uint(),
              input.hyper(),
              input.uhyper(),
              input.double(),
              input.string(1_000),
              input.optional(() => input.int()),
              input.list(5, () => new Uint8Array(input.opaque(9))),
            ],
          );
          assert.deepEqual(values, [int, uint, hyper, uhyper, double, text, optional, list]);
        },
      ),
      { seed: 1 },
    );
  });

  it("fills up to a multiple of four with zeros", () => {
    const out = new XdrWriter();
    out.string("abcde", 10);
    assert.deepEqual([...out.bytes()], [0, 0, 0, 5, 97, 98, 99, 100, 101, 0, 0, 0]);
  });

  it("refuses to write what the other side would not take, or would read otherwise", () => {
    const out = new XdrWriter();
    assert.throws(() => out.string("x".repeat(11), 10), RangeError);
    assert.throws(() => out.string("a\0b", 10), RangeError);
    assert.throws(() => out.list([1, 2], 1, (value) => out.int(value)), RangeError);
    assert.throws(() => out.uint(-1), RangeError);
    assert.throws(() => out.int(2 ** 31), RangeError);
  });
});

describe("XdrReader", () => {
  it("refuses what ends too early", () => {
    assert.throws(() => bytes(0, 0, 1).uint(), DecodeError);
    assert.throws(() => bytes(0, 0, 0, 5, 97, 98, 99, 100).string(10), DecodeError);
    assert.throws(() => bytes(0, 0, 0, 3, 97, 98, 99).string(10), DecodeError, "the filling is part of it");
  });

  it("refuses lengths above the limit before it reads on", () => {
    assert.throws(
      () => bytes(0xff, 0xff, 0xff, 0xff).string(10),
      /4294967295 bytes are more than 10, at byte 0/,
    );
    assert.throws(() => bytes(0, 0, 0, 11).opaque(10), DecodeError);
  });

  it("refuses lists that cannot fit into what is left, whatever their limit", () => {
    let read = 0;
    assert.throws(() => bytes(0, 0, 0xff, 0xff, 0, 0, 0, 1).list(1_000_000, () => (read += 1)), DecodeError);
    assert.equal(read, 0);
  });

  it("refuses a yes or no that is neither", () => {
    assert.throws(() => bytes(0, 0, 0, 2).bool(), DecodeError);
  });

  it("refuses an end with something left over", () => {
    const input = bytes(0, 0, 0, 1, 0);
    input.uint();
    assert.throws(() => input.end(), /1 bytes are left over, at byte 4/);
  });
});
