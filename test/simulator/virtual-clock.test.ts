import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { VirtualClock } from "../../simulator/virtual-clock.ts";

describe("a virtual clock", () => {
  it("lets all that a timer sets in motion come to rest before the next one rings", async () => {
    const clock = new VirtualClock();
    const told: string[] = [];
    const chain = async () => {
      for (let i = 0; i < 2_000; i += 1) await Promise.resolve();
      told.push("first at rest");
    };
    clock.timer(10, () => void chain());
    clock.timer(10, () => told.push("second"));
    await clock.advance(10);
    assert.deepEqual(told, ["first at rest", "second"]);
  });

  it("lets the event loop turn now and then, however many timers ring", async () => {
    const clock = new VirtualClock();
    for (let i = 0; i < 2_000; i += 1) clock.timer(i, () => undefined);
    let turns = 0;
    setImmediate(() => (turns += 1));
    await clock.advance(2_000);
    assert.equal(turns, 1);
  });

  it("has its wall clock set without its timers noticing", async () => {
    const clock = new VirtualClock(1_000);
    let rung = false;
    clock.timer(50, () => (rung = true));
    clock.set(500_000);
    assert.deepEqual([clock.now(), clock.monotonic()], [500_000, 0]);
    await clock.advance(49);
    assert.equal(rung, false);
    await clock.advance(1);
    assert.deepEqual([rung, clock.now()], [true, 500_050]);
  });
});
