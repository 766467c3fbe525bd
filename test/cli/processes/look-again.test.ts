import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LookAgain } from "../../../cli/processes/look-again.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("LookAgain", () => {
  it("makes many calls one look, soon after the first, and the next ones no sooner than agreed", async () => {
    const clock = new FakeClock();
    const looks: number[] = [];
    const again = new LookAgain({ clock, atMostEveryMs: 100, look: () => looks.push(clock.monotonic()) });
    again.soon();
    again.soon();
    await clock.advance(10);
    assert.deepEqual(looks, [0]);
    again.soon();
    await clock.advance(500);
    assert.deepEqual(looks, [0, 100]);
    again.soon();
    await clock.advance(0);
    assert.deepEqual(looks, [0, 100, 510]);
  });

  it("looks no more once it is closed", async () => {
    const clock = new FakeClock();
    const again = new LookAgain({ clock, atMostEveryMs: 100, look: () => assert.fail("it looked") });
    again.soon();
    again.close();
    again.soon();
    await clock.advance(1_000);
    assert.equal(clock.pending, 0);
  });
});
