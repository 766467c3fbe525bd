import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LinkError } from "../../../../agent/libvirt/errors.ts";
import { encodeFrame, type Frame, programs } from "../../../../agent/libvirt/protocol/frame.ts";
import { Frames } from "../../../../agent/libvirt/protocol/frames.ts";

const frame = (serial: number, payload: Buffer): Frame => ({
  program: programs.remote,
  procedure: 16,
  type: "reply",
  serial,
  status: "ok",
  payload,
});

const isProtocolError = (error: unknown) => error instanceof LinkError && error.code === "protocol";

describe("Frames", () => {
  it("finds the same frames however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 70 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (payloads, cuts) => {
          const sent = payloads.map((payload, index) => frame(index + 1, Buffer.from(payload)));
          const stream = Buffer.concat(sent.map(encodeFrame));
          const frames = new Frames();
          const received: Frame[] = [];
          for (let at = 0, turn = 0; at < stream.length; turn += 1) {
            const length = cuts[turn % cuts.length] ?? 1;
            received.push(...frames.push(stream.subarray(at, at + length)));
            at += length;
          }
          assert.deepEqual(received, sent);
          assert.ok(frames.isBetweenFrames);
        },
      ),
      { seed: 1 },
    );
  });

  it("knows when it is within a frame", () => {
    const frames = new Frames();
    assert.deepEqual([...frames.push(encodeFrame(frame(1, Buffer.alloc(8))).subarray(0, 30))], []);
    assert.equal(frames.isBetweenFrames, false);
  });

  it("refuses a length of 4 GiB, of nothing, and above the limit, from its four bytes alone", () => {
    for (const length of [0xffff_ffff, 0, 27, 101]) {
      const word = Buffer.alloc(4);
      word.writeUInt32BE(length);
      assert.throws(() => [...new Frames(100).push(word)], isProtocolError, String(length));
    }
  });

  it("refuses what is no libvirt frame", () => {
    const good = encodeFrame(frame(1, Buffer.alloc(0)));
    const changed = (word: number, value: number) => {
      const bytes = Buffer.from(good);
      bytes.writeUInt32BE(value, word * 4);
      return bytes;
    };
    for (const bytes of [changed(1, 7), changed(2, 9), changed(4, 5), changed(6, 3)]) {
      assert.throws(() => [...new Frames().push(bytes)], isProtocolError);
    }
    assert.throws(() => [...new Frames().push(Buffer.from("HTTP/1.1 400 Bad Request"))], isProtocolError);
  });
});
