import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { HeldKey } from "../../agent/held-key.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { decode, encode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { StoreError } from "../../reconciler/store/store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { StoreTap } from "./support/store-tap.ts";
import { Wire } from "./support/wire.ts";

interface Seat {
  readonly who: string;
}

describe("HeldKey", () => {
  let clock: FakeClock;
  let store: MemoryStore;
  let wire: Wire;
  let tap: StoreTap;
  let judged: string[];
  let changes: number;
  let held: HeldKey;
  let stop: AbortController;
  let running: Promise<unknown>;

  beforeEach(() => {
    clock = new FakeClock();
    const core = new StoreCore({ clock });
    store = new MemoryStore({ core, clock });
    wire = new Wire();
    tap = new StoreTap(new MemoryStore({ core, clock, link: wire }));
    judged = [];
    changes = 0;
    stop = new AbortController();
    held = new HeldKey({
      key: "seat",
      value: encode({ who: "me" }),
      leaseMs: 10_000,
      store: tap,
      clock,
      log: silentLog,
      onHeld: (item, isStart) => {
        const { who } = decode<Seat>(item);
        judged.push(`${who} ${isStart ? "at the start" : "later"}`);
        return who === "a stranger" ? "replace" : "wait";
      },
      onChange: () => (changes += 1),
    });
  });
  afterEach(async () => {
    stop.abort(new Error("stopped"));
    await running.catch(() => undefined);
    await tap.close();
    await store.close();
  });

  const run = async () => {
    running = held.run(stop.signal);
    running.catch(() => undefined);
    await clock.advance(0);
  };
  const holder = async () => {
    const item = await store.get("seat");
    return item === null ? null : decode<Seat>(item).who;
  };
  const seat = (who: string) =>
    store.transact({ compare: [], then: [{ put: "seat", value: encode({ who }) }] });

  it("is there as long as it is held, with a comparison that proves it", async () => {
    assert.equal(held.guard(), null);
    await run();
    await clock.advance(60_000);
    const item = await store.get("seat");
    assert.deepEqual(held.guard(), { key: "seat", modRevision: item?.modRevision });
    assert.equal(changes, 1);
  });

  it("replaces, or waits for, whoever holds it, as it is told", async () => {
    await seat("a stranger");
    await run();
    assert.equal(await holder(), "me");
    assert.deepEqual(judged, ["a stranger at the start"]);
    await seat("a friend");
    await clock.advance(60_000);
    assert.equal(await holder(), "a friend");
    assert.equal(held.guard(), null);
    await store.transact({ compare: [], then: [{ delete: "seat" }] });
    await clock.advance(0);
    assert.equal(await holder(), "me");
  });

  it("knows its own key again whose writing was never answered", async () => {
    tap.afterwards = () => {
      wire.state = "cut";
      throw new StoreError("ambiguous", "the answer was lost");
    };
    await run();
    assert.equal(await holder(), "me");
    tap.afterwards = () => undefined;
    wire.state = "up";
    await clock.advance(1_000);
    assert.notEqual(held.guard(), null);
    assert.deepEqual(judged, []);
  });

  it("proves nothing any more from the moment its lease may be over", async () => {
    await run();
    wire.state = "cut";
    await clock.advance(10_000);
    assert.equal(held.guard(), null);
    wire.state = "up";
    await clock.advance(10_000);
    assert.notEqual(held.guard(), null);
  });

  it("is given up at once where that is asked for after it has ended", async () => {
    await run();
    stop.abort(new Error("stopped"));
    await running.catch(() => undefined);
    assert.equal(await holder(), "me");
    await held.release();
    assert.equal(await holder(), null);
  });

  it("is given up also where it was asked to end before the store had told that it holds it", async () => {
    const answered = Promise.withResolvers<undefined>();
    const transact = tap.transact.bind(tap);
    tap.transact = async (transaction) => {
      const result = await transact(transaction);
      stop.abort(new Error("stopped"));
      await answered.promise;
      return result;
    };
    await run();
    await running.catch(() => undefined);
    const released = held.release();
    assert.equal(await holder(), "me");
    answered.resolve(undefined);
    await released;
    assert.equal(await holder(), null);
  });
});
