import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { formatDuration, parseDuration } from "../../../reconciler/desired/durations.ts";

describe("parseDuration", () => {
  for (const [written, ms] of [
    ["300ms", 300],
    ["30s", 30_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["0s", 0],
  ] as const) {
    it(`reads ${written}`, () => {
      assert.deepEqual(parseDuration(written), { ok: true, value: ms });
    });
  }

  for (const [written, advice] of [
    [15, "write the unit: 15s (or ms, m, h)"],
    ["15", "write the unit: 15s (or ms, m, h)"],
    ["1h30m", "write 90m"],
    ["1.5h", "write 90m"],
    ["2d", "write 48h"],
    ["10 min", "write 10m"],
    ["30S", "write 30s"],
    ["5 fortnights", "write a whole number and ms, s, m or h, such as 30s"],
    ["-5s", "write a whole number and ms, s, m or h, such as 30s"],
    ["999999999999h", "write at most 999999999h"],
  ] as const) {
    it(`says how to mend ${JSON.stringify(written)}`, () => {
      const duration = parseDuration(written);
      assert.equal(duration.ok ? "" : duration.advice, advice);
    });
  }
});

describe("formatDuration", () => {
  it("takes the largest unit that is exact", () => {
    assert.deepEqual([0, 250, 1500, 60_000, 90_000, 7_200_000].map(formatDuration), [
      "0s",
      "250ms",
      "1500ms",
      "1m",
      "90s",
      "2h",
    ]);
  });

  it("is read back as the same number", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 1000, 60_000, 3_600_000), (count, unit) => {
        const ms = count * unit;
        assert.deepEqual(parseDuration(formatDuration(ms)), { ok: true, value: ms });
      }),
    );
  });
});
