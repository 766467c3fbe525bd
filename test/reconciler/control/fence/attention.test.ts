import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Attention, type Unheard } from "../../../../reconciler/control/fence/attention.ts";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const hv1: Unheard = {
  node: "hv1",
  incident: "5",
  bootId: "b1",
  place: { address: "10.0.0.11", port: 7410, key: "k" },
};

/** `answersAfterMs`: how long its store takes. */
function setUp({ answersAfterMs = 0 } = {}) {
  const clock = new FakeClock();
  const memory = new MemoryStore({ core: new StoreCore({ clock }), clock });
  const store = {
    get: async (key: string) => {
      if (answersAfterMs > 0) await clock.sleep(answersAfterMs);
      return memory.get(key);
    },
  };
  const its = { answer: null as string | null, questions: 0, changes: 0 };
  const attention = new Attention({
    clock,
    store,
    key: "/leader",
    ask: () => {
      its.questions += 1;
      return Promise.resolve(its.answer);
    },
    onChange: () => (its.changes += 1),
  });
  const end = new AbortController();
  const running = attention.run(end.signal);
  const stop = async () => {
    end.abort(new Error("over"));
    await clock.advance(answersAfterMs);
    await running;
    await memory.close();
  };
  return { clock, attention, its, stop };
}

describe("a leader's attention", () => {
  it("asks a silent node, and nobody else", async () => {
    const { clock, attention, its, stop } = setUp();
    await clock.advance(5_000);
    assert.equal(its.questions, 0);
    attention.watchOver([hv1]);
    assert.equal(attention.hasAsked("hv1"), false);
    await clock.advance(3_000);
    assert.deepEqual(
      [its.questions, attention.hasAsked("hv1"), attention.answeredAt("hv1")],
      [3, true, null],
    );
    await stop();
  });

  it("asks nobody who told no place, and waits for nothing there", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([{ ...hv1, place: null }]);
    assert.equal(attention.hasAsked("hv1"), true);
    await clock.advance(3_000);
    assert.equal(its.questions, 0);
    await stop();
  });

  it("remembers when it was last answered, and says so once", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([hv1]);
    its.answer = "b1";
    await clock.advance(4_500);
    assert.deepEqual([attention.answeredAt("hv1"), its.changes], [clock.monotonic() - 500, 1]);
    its.answer = null;
    await clock.advance(5_000);
    assert.equal(attention.answeredAt("hv1"), clock.monotonic() - 5_500);
    await stop();
  });

  it("counts a node as answering until it has not answered for a while, and says so", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([hv1]);
    assert.equal(attention.answers("hv1"), false);
    its.answer = "b1";
    await clock.advance(4_500);
    its.answer = null;
    await clock.advance(4_000);
    assert.deepEqual([attention.answers("hv1"), its.changes], [true, 1]);
    await clock.advance(2_000);
    assert.deepEqual([attention.answers("hv1"), its.changes], [false, 2]);
    its.answer = "b1";
    await clock.advance(1_000);
    assert.deepEqual([attention.answers("hv1"), its.changes], [true, 3]);
    await stop();
  });

  it("knows that it was stopped before its timers tell, and forgives a short stop", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([hv1]);
    await clock.advance(10_500);
    clock.stall(3_000);
    assert.equal(attention.interruptedAt, Number.NEGATIVE_INFINITY);
    clock.stall(4_000);
    assert.equal(attention.interruptedAt, clock.monotonic());
    await clock.advance(0);
    assert.deepEqual([attention.interruptedAt, its.changes], [clock.monotonic(), 1]);
    await clock.advance(3_000);
    assert.equal(attention.interruptedAt, clock.monotonic() - 3_000);
    await stop();
  });

  it("counts the time in which the store did not answer, though it did so in the end", async () => {
    const { clock, attention, stop } = setUp({ answersAfterMs: 5_500 });
    attention.watchOver([hv1]);
    await clock.advance(4_900);
    assert.equal(attention.interruptedAt, Number.NEGATIVE_INFINITY);
    await clock.advance(1_600);
    assert.equal(attention.interruptedAt, clock.monotonic());
    await stop();
  });

  it("does not count an answer of another boot", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([hv1]);
    its.answer = "b2";
    await clock.advance(3_000);
    assert.deepEqual([attention.answeredAt("hv1"), its.changes], [null, 0]);
    await stop();
  });

  it("forgets an answer with the silence in which it was given", async () => {
    const { clock, attention, its, stop } = setUp();
    attention.watchOver([hv1]);
    its.answer = "b1";
    await clock.advance(1_500);
    its.answer = null;
    attention.watchOver([hv1]);
    assert.notEqual(attention.answeredAt("hv1"), null);
    attention.watchOver([{ ...hv1, incident: "8" }]);
    assert.deepEqual([attention.answeredAt("hv1"), attention.hasAsked("hv1")], [null, false]);
    await stop();
  });
});
