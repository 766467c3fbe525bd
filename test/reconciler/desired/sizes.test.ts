import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { formatSize, parseSize, sizePattern } from "../../../reconciler/desired/sizes.ts";

const problemOf = (written: unknown): string => {
  const size = parseSize(written);
  assert.equal(size.ok, false, `${String(written)} is read as a size`);
  return size.ok ? "" : size.advice;
};

describe("parseSize", () => {
  for (const [written, bytes] of [
    ["4GiB", 4_294_967_296],
    ["500MB", 500_000_000],
    ["1.5GiB", 1_610_612_736],
    ["0.5KiB", 512],
    ["1kB", 1000],
    ["7B", 7],
    ["0MiB", 0],
    ["8191TiB", 9_006_099_743_113_216],
  ] as const) {
    it(`reads ${written} exactly`, () => {
      assert.deepEqual(parseSize(written), { ok: true, value: bytes });
    });
  }

  for (const [written, advice] of [
    ["4G", "write 4GiB (4294967296 bytes) or 4GB (4000000000 bytes)"],
    ["4Gi", "write 4GiB (4294967296 bytes) or 4GB (4000000000 bytes)"],
    ["4 GiB", "write 4GiB"],
    ["4gib", "write 4GiB"],
    ["1,5GiB", "write 1.5GiB"],
    ["10KB", "write 10kB or 10KiB"],
    [4, "write the unit: 4GiB (or B, KiB, TiB, kB, MB, GB, TB)"],
    ["2048", "write the unit: 2048MiB (or B, KiB, TiB, kB, MB, GB, TB)"],
    ["1.3B", "write 1B, or more digits"],
    ["9000PiB", "write at most 8191TiB"],
    ["lots", "write a number and a unit, such as 4GiB or 500MB"],
    ["-1GiB", "write a number and a unit, such as 4GiB or 500MB"],
    ["4Gb", "write 4GB"],
    [null, "write a number and a unit, such as 4GiB or 500MB"],
  ] as const) {
    it(`says how to mend ${JSON.stringify(written)}`, () => {
      assert.equal(problemOf(written), advice);
    });
  }

  it("takes nothing that editors refuse", () => {
    const pattern = new RegExp(sizePattern, "u");
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9.]{1,4} ?[kKMGTPi]{0,2}B?$/u), (written) => {
        if (parseSize(written).ok) assert.match(written, pattern);
      }),
    );
  });
});

describe("formatSize", () => {
  it("takes the largest unit that is exact", () => {
    assert.deepEqual([0, 1023, 1024, 1536, 500_000_000, 1_610_612_736].map(formatSize), [
      "0B",
      "1023B",
      "1KiB",
      "1536B",
      "500MB",
      "1536MiB",
    ]);
  });

  it("is read back as the same number", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.constantFrom(1, 1000, 1024, 1_000_000, 2 ** 30), (count, unit) => {
        const bytes = (count * unit) % (Number.MAX_SAFE_INTEGER + 1);
        if (!Number.isSafeInteger(bytes)) return;
        assert.deepEqual(parseSize(formatSize(bytes)), { ok: true, value: bytes });
      }),
    );
  });
});
