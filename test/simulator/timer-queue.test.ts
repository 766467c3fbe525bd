import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { TimerQueue } from "../../simulator/timer-queue.ts";

function drain(queue: TimerQueue, until: number): number[] {
  const times: number[] = [];
  for (let due = queue.take(until); due !== null; due = queue.take(until)) times.push(due.at);
  return times;
}

describe("the timers of a virtual clock", () => {
  it("come in the order of their times, then of their setting, without those taken back", () => {
    const timer = fc.record({ at: fc.integer({ min: 0, max: 20 }), kept: fc.boolean() });
    fc.assert(
      fc.property(fc.array(timer), (timers) => {
        const queue = new TimerQueue();
        const rung: number[] = [];
        for (const [index, { at, kept }] of timers.entries()) {
          const cancel = queue.add(at, () => rung.push(index));
          if (!kept) cancel();
        }
        assert.equal(queue.size, timers.filter(({ kept }) => kept).length);
        for (let due = queue.take(Infinity); due !== null; due = queue.take(Infinity)) due.callback();
        const wanted = [...timers.entries()].filter(([, { kept }]) => kept);
        wanted.sort(([i, a], [j, b]) => a.at - b.at || i - j);
        assert.deepEqual(
          rung,
          wanted.map(([index]) => index),
        );
      }),
    );
  });

  it("leaves what is not due", () => {
    const queue = new TimerQueue();
    for (const at of [30, 10, 20]) queue.add(at, () => undefined);
    assert.deepEqual(drain(queue, 20), [10, 20]);
    assert.equal(queue.size, 1);
  });

  it("does nothing when a timer is taken back that has rung", () => {
    const queue = new TimerQueue();
    const cancel = queue.add(1, () => undefined);
    queue.take(1);
    queue.add(2, () => undefined);
    cancel();
    assert.equal(queue.size, 1);
  });
});
