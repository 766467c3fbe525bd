import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isStorm } from "../../../../reconciler/control/fence/storm.ts";

const storm = (...times: readonly (number | null)[]) =>
  isStorm(
    times.map((silentSince) => ({ silentSince })),
    15_000,
  );

describe("a storm", () => {
  it("is two or more, and at least half of those expected, within one grace", () => {
    assert.equal(storm(0, 15_000, null), true);
    assert.equal(storm(0, 0, null, null), true);
    assert.equal(storm(0, 0, null, null, null), false);
  });

  it("is none where they fell silent further apart", () => {
    assert.equal(storm(0, 15_001, null), false);
  });

  it("is none of one node alone, also of two", () => {
    assert.equal(storm(0, null), false);
    assert.equal(storm(0), false);
  });
});
