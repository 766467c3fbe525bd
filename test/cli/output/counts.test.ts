import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countOf, durationText } from "../../../cli/output/counts.ts";

describe("countOf", () => {
  it("says one in the singular", () => {
    assert.deepEqual(
      [countOf(1, "error"), countOf(0, "error"), countOf(2, "entry", "entries")],
      ["1 error", "0 errors", "2 entries"],
    );
  });
});

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
