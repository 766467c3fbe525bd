import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NodeClock } from "../../simulator/node-clock.ts";
import { VirtualClock } from "../../simulator/virtual-clock.ts";

function begin() {
  const world = new VirtualClock();
  return { world, clock: new NodeClock(world) };
}

describe("the clock of a node", () => {
  it("is set an hour wrong, which its monotonic time does not notice", async () => {
    const { world, clock } = begin();
    clock.setHabit("ahead");
    await world.advance(1_000);
    assert.deepEqual([clock.now() - world.now(), clock.monotonic()], [3_600_000, 1_000]);
    clock.setHabit("behind");
    assert.deepEqual([clock.now() - world.now(), clock.monotonic()], [-3_600_000, 1_000]);
  });

  it("runs fast or slow from when it begins to, and never back", async () => {
    const { world, clock } = begin();
    await world.advance(1_000);
    clock.setHabit("fast");
    await world.advance(1_000);
    assert.equal(clock.monotonic(), 2_050);
    clock.setHabit("slow");
    await world.advance(1_000);
    assert.equal(clock.monotonic(), 3_000);
    clock.setHabit("right");
    await world.advance(1_000);
    assert.equal(clock.monotonic(), 4_000);
  });

  it("rings early where it runs fast, and late where it runs slow", async () => {
    const { world, clock } = begin();
    const rung: number[] = [];
    const ring = (): unknown => rung.push(world.monotonic());
    clock.setHabit("fast");
    clock.timer(2_100, ring);
    clock.setHabit("slow");
    clock.timer(1_900, ring);
    await world.advance(1_999);
    assert.deepEqual(rung, []);
    await world.advance(1);
    assert.deepEqual(rung, [2_000, 2_000]);
  });
});
