import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Lines } from "../../../../../agent/hypervisor/simulated/process/lines.ts";

describe("Lines", () => {
  it("puts lines together from whatever pieces they come in", () => {
    const lines = new Lines(100);
    assert.deepEqual(lines.push("on"), []);
    assert.deepEqual(lines.push("e\ntwo\nth"), ["one", "two"]);
    assert.deepEqual(lines.push("ree\n"), ["three"]);
  });

  it("refuses a line that is too long, also one that has no end yet", () => {
    assert.throws(() => new Lines(4).push("12345"), RangeError);
    const lines = new Lines(4);
    lines.push("12");
    assert.throws(() => lines.push("345"), RangeError);
  });

  it("counts each line for itself", () => {
    assert.deepEqual(new Lines(4).push("1234\n1234\n"), ["1234", "1234"]);
  });
});
