import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { fuzzOnce, type FuzzTally } from "../../../support/libvirt/fuzz.ts";

describe("every decoder", () => {
  it("refuses what it cannot read, in its own words, and reads the rest", () => {
    const random = new SeededRandom(20_261_127);
    const tally: FuzzTally = { inputs: 0, understood: 0, refused: 0 };
    for (let input = 0; input < 5_000; input += 1) fuzzOnce(random, tally);
    // Both must happen, or this tests nothing.
    assert.ok(tally.understood > 5_000 && tally.refused > 50_000, JSON.stringify(tally));
  });
});
