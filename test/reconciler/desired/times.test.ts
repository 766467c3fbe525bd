import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { formatTime, parseTime } from "../../../reconciler/desired/times.ts";

describe("parseTime", () => {
  it("reads RFC 3339 with any zone", () => {
    const noon = Date.UTC(2026, 10, 21, 12);
    for (const written of [
      "2026-11-21T12:00:00Z",
      "2026-11-21T13:00:00+01:00",
      "2026-11-21T07:00:00.000-05:00",
    ]) {
      assert.deepEqual(parseTime(written), { ok: true, value: noon });
    }
  });

  for (const [written, advice] of [
    ["2026-11-21T06:00:00", "say in which zone: 2026-11-21T06:00:00Z, or 2026-11-21T06:00:00+01:00"],
    ["2026-11-21 06:00", "say in which zone: 2026-11-21T06:00:00Z, or 2026-11-21T06:00:00+01:00"],
    ["2026-11-21", "add the time of day and the zone: 2026-11-21T06:00:00Z"],
    ["2026-02-30T06:00:00Z", "write it as 2026-11-21T06:00:00Z"],
    ["2026-11-21T24:00:00Z", "write it as 2026-11-21T06:00:00Z"],
    ["tomorrow", "write it as 2026-11-21T06:00:00Z"],
  ] as const) {
    it(`says how to mend ${written}`, () => {
      const time = parseTime(written);
      assert.equal(time.ok ? "" : time.advice, advice);
    });
  }
});

describe("formatTime", () => {
  it("is read back as the same instant", () => {
    const max = new Date("9999-12-31T23:59:59.999Z");
    const min = new Date("0000-01-01T00:00:00Z");
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
        assert.deepEqual(parseTime(formatTime(date.getTime())), { ok: true, value: date.getTime() });
      }),
    );
  });
});
