import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeText } from "../../../../reconciler/store/core/bytes.ts";
import type { Effect } from "../../../../reconciler/store/core/effect.ts";
import { ByteWriter } from "../../../../reconciler/store/embedded/byte-buffer.ts";
import { readEffects, readParts, writeEffect } from "../../../../reconciler/store/embedded/record-codec.ts";

const put = { value: encodeText("Grüße \u{1f6f6}"), lease: "9223372036854775807" };
const record = { key: "/a\0\xff", ...put, createRevision: 0, modRevision: 0, version: 0 };

const effects: readonly Effect[] = [
  { kind: "grant", id: put.lease, ttlMs: 9_000_000_000_000 },
  {
    kind: "commit",
    revision: 2 ** 47,
    changes: [
      { key: record.key, revision: 2 ** 47, before: null, after: record },
      { key: "", revision: 2 ** 47, before: null, after: null },
    ],
  },
  { kind: "revoke", id: put.lease },
  { kind: "compact", revision: 1 },
];

function written(): Buffer {
  const writer = new ByteWriter();
  for (const effect of effects) writeEffect(writer, effect);
  return writer.finish();
}

describe("the records of a log", () => {
  it("come back as they were written, up to the largest numbers", () => {
    assert.deepEqual(readEffects(written()), effects);
  });

  it("are refused where they end too early, wherever that is", () => {
    const bytes = written();
    const ends = new Set<number>();
    for (let length = 0; length < bytes.length; length += 1) {
      try {
        ends.add(readEffects(bytes.subarray(0, length)).length);
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }
    // Only between two effects.
    assert.deepEqual([...ends], [0, 1, 2, 3]);
  });

  it("are refused where they are of no known kind", () => {
    assert.throws(() => readEffects(Buffer.from([99])), RangeError);
    assert.throws(() => readParts(Buffer.from([99])), RangeError);
  });
});
