import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";

describe("the machine's clock", () => {
  it("does not ring at once where it is to ring in more than 24 days", async () => {
    let rang = false;
    const cancel = systemClock.timer(2 ** 31, () => (rang = true));
    // A timer of one millisecond that was set after it.
    await systemClock.sleep(5);
    cancel();
    assert.equal(rang, false);
  });
});
