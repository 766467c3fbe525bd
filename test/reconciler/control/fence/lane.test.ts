import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Lane } from "../../../../reconciler/control/fence/lane.ts";

describe("work on nodes", () => {
  let term: AbortController;
  let ends: number;
  let lane: Lane<string>;
  beforeEach(() => {
    term = new AbortController();
    ends = 0;
    lane = new Lane(term.signal, () => (ends += 1));
  });

  /** Ends when it is told to, whatever becomes of its signal. */
  function begin(node: string, name: string) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const its = { signal: term.signal, end: resolve };
    lane.start(node, `${name} is under way`, (signal) => {
      its.signal = signal;
      return promise;
    });
    return its;
  }

  it("is known from its beginning to its end, of each node by itself", async () => {
    assert.equal(lane.get("hv1"), null);
    const first = begin("hv1", "first");
    begin("hv2", "other");
    assert.equal(lane.get("hv1"), "first is under way");
    first.end("first has ended");
    await setImmediate();
    assert.deepEqual([lane.get("hv1"), lane.get("hv2"), ends], ["first has ended", "other is under way", 1]);
  });

  it("ends where other work is begun there, and says nothing more", async () => {
    const first = begin("hv1", "first");
    begin("hv1", "second");
    assert.equal(first.signal.aborted, true);
    first.end("first has ended");
    await setImmediate();
    assert.equal(lane.get("hv1"), "second is under way");
  });

  it("is ended and forgotten where it is no longer wanted", async () => {
    const first = begin("hv1", "first");
    lane.end("hv1");
    assert.deepEqual([first.signal.aborted, lane.get("hv1")], [true, null]);
    first.end("first has ended");
    await setImmediate();
    assert.equal(lane.get("hv1"), null);
  });

  it("ends with the term, and is waited for", async () => {
    const first = begin("hv1", "first");
    let isOver = false;
    term.abort();
    const over = lane.ended().then(() => (isOver = true));
    await setImmediate();
    assert.deepEqual([first.signal.aborted, isOver], [true, false]);
    first.end("first has ended");
    await over;
  });
});
