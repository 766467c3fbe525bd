import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreError } from "../../reconciler/store/store.ts";
import { SimulatedProcess } from "../../simulator/process.ts";
import { VirtualClock } from "../../simulator/virtual-clock.ts";

function begin(messageMs = 10) {
  const clock = new VirtualClock();
  const state = { reaches: true };
  const process = new SimulatedProcess({
    clock,
    messageMs: () => messageMs,
    reachesStore: () => state.reaches,
  });
  return { clock, state, process };
}

describe("a simulated process", () => {
  it("has its timers ring late, in their order, after it was paused", async () => {
    const { clock, process } = begin();
    const rung: string[] = [];
    process.clock.timer(20, () => rung.push("second"));
    process.clock.timer(10, () => rung.push("first"));
    process.pause();
    await clock.advance(100);
    assert.deepEqual(rung, []);
    process.resume();
    assert.deepEqual(rung, ["first", "second"]);
  });

  it("gets no answer of the store while it is paused, though the store has acted", async () => {
    const { clock, process } = begin();
    let acted = false;
    let answered = false;
    void process.link.call(() => (acted = true)).then(() => (answered = true));
    await clock.advance(15);
    process.pause();
    await clock.advance(1_000);
    assert.deepEqual([acted, answered], [true, false]);
    process.resume();
    await clock.advance(0);
    assert.equal(answered, true);
  });

  it("cannot say whether the store acted where the answer is lost", async () => {
    const { clock, state, process } = begin();
    const call = process.link.call(() => {
      state.reaches = false;
      return 1;
    });
    const failed = assert.rejects(call, (error) => error instanceof StoreError && error.code === "ambiguous");
    await clock.advance(5_000);
    await failed;
  });

  it("reaches nothing while it is cut off", async () => {
    const { clock, state, process } = begin();
    state.reaches = false;
    let acted = false;
    const call = process.link.call(() => (acted = true));
    const failed = assert.rejects(
      call,
      (error) => error instanceof StoreError && error.code === "unreachable",
    );
    await clock.advance(5_000);
    await failed;
    assert.equal(acted, false);
  });

  it("does nothing any more once it was killed, also what waited for it to go on", async () => {
    const { clock, process } = begin();
    let rung = false;
    process.clock.timer(10, () => (rung = true));
    process.pause();
    await clock.advance(20);
    process.end();
    process.resume();
    assert.equal(rung, false);
  });
});
