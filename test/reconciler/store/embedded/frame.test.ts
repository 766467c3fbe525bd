import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { encodeFrame, readFrames } from "../../../../reconciler/store/embedded/frame.ts";

const payloads = ["first", "second, a little longer", "third"].map((text) => Buffer.from(text));
const frames = payloads.map(encodeFrame);
const file = Buffer.concat(frames);
const lastAt = file.length - (frames.at(-1)?.length ?? 0);

describe("the frames of a file", () => {
  it("come back as they were written", () => {
    const found = readFrames(file, 0);
    assert.deepEqual(
      found.frames.map(({ payload }) => payload),
      payloads,
    );
    assert.deepEqual(found.end, { kind: "whole", offset: file.length });
  });

  it("are none in an empty file", () => {
    assert.deepEqual(readFrames(Buffer.alloc(0), 0), { frames: [], end: { kind: "whole", offset: 0 } });
  });

  it("end torn wherever the last write stopped, and those before it are whole", () => {
    for (let length = lastAt + 1; length < file.length; length += 1) {
      const found = readFrames(file.subarray(0, length), 0);
      assert.equal(found.frames.length, 2);
      assert.deepEqual(found.end, { kind: "torn", offset: lastAt }, `cut to ${length} bytes`);
    }
  });

  it("are damaged, never torn, where any bit of any byte is another", () => {
    for (let at = 0; at < file.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(file);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        const { end } = readFrames(flipped, 0);
        assert.equal(end.kind, "damaged", `byte ${at}, bit ${bit}`);
        assert.ok(end.offset <= at);
      }
    }
  });

  it("end torn where the disk never wrote the last blocks, which then read as zeros", () => {
    const large = encodeFrame(Buffer.alloc(2000, "x"));
    const before = encodeFrame(Buffer.from("before"));
    for (const written of [0, 512 - before.length, 1024 - before.length, 1536 - before.length]) {
      const torn = Buffer.concat([before, large]).fill(0, before.length + written);
      assert.deepEqual(
        readFrames(torn, 0).end,
        { kind: "torn", offset: before.length },
        `${written} bytes written`,
      );
    }
  });

  it("end torn where a block in the midst of the last one was never written", () => {
    const torn = encodeFrame(Buffer.alloc(2000, "x")).fill(0, 512, 1024);
    assert.deepEqual(readFrames(torn, 0).end, { kind: "torn", offset: 0 });
  });

  it("are damaged where a block reads as zeros, but a later frame is whole", () => {
    const lost = Buffer.concat([
      encodeFrame(Buffer.alloc(2000, "x")).fill(0, 512, 1024),
      encodeFrame(Buffer.from("y")),
    ]);
    assert.deepEqual(readFrames(lost, 0).end, { kind: "damaged", offset: 0 });
  });

  it("come back for any payloads, and end torn at any cut", () => {
    const bytes = fc.uint8Array({ maxLength: 700 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 5 }), fc.nat(), (written, chance) => {
        const whole = Buffer.concat(written.map(encodeFrame));
        assert.deepEqual(
          readFrames(whole, 0).frames.map(({ payload }) => payload),
          written,
        );
        const length = chance % whole.length;
        const cut = readFrames(whole.subarray(0, length), 0);
        assert.equal(cut.end.kind, cut.end.offset === length ? "whole" : "torn");
        assert.deepEqual(
          cut.frames.map(({ payload }) => payload),
          written.slice(0, cut.frames.length),
        );
      }),
    );
  });
});
