import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { durationText } from "../../../cli/output/duration-text.ts";

describe("durationText", () => {
  it("is exact to the second up to an hour, and to the minute after that", () => {
    assert.deepEqual([-5, 0, 59_999, 65_000, 3_600_000 + 5 * 60_000].map(durationText), [
      "0s",
      "0s",
      "59s",
      "1m 05s",
      "1h 05m",
    ]);
  });
});
