import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { lastCall } from "../../tui/memo.ts";

describe("lastCall", () => {
  it("computes again only for other arguments", () => {
    let calls = 0;
    const sum = lastCall((a: number, b: number) => {
      calls += 1;
      return a + b;
    });
    assert.deepEqual([sum(1, 2), sum(1, 2), sum(2, 2), sum(1, 2)], [3, 3, 4, 3]);
    assert.equal(calls, 3);
  });
});
