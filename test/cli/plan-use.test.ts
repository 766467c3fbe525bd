import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkUnused, usedOnce } from "../../cli/plan-use.ts";
import type { SavedPlan } from "../../cli/saved-plan.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../support/fake-clock.ts";

const keys = clusterKeys("lab");
const plan = { id: "p1" } as SavedPlan;
const use = { by: "anna", at: 0 };

function open(): MemoryStore {
  const clock = new FakeClock();
  return new MemoryStore({ core: new StoreCore({ clock }), clock });
}

const isUsed = (error: unknown) => error instanceof KeelError && error.code === "plan-used";

describe("the use of a saved plan", () => {
  it("is written with what it puts in force, by one of two", async () => {
    const store = open();
    const uses = await Promise.all([usedOnce(store, keys, plan, use), usedOnce(store, keys, plan, use)]);
    const ends = await Promise.all(
      uses.map(({ beside: { compare, then } }, index) =>
        store.transact({ compare, then: [...then, { put: keys.head, value: String(index) }] }),
      ),
    );
    assert.deepEqual(ends.map(({ ok }) => ok).sort(), [false, true]);
    await assert.rejects(checkUnused(store, keys, plan), isUsed);
  });

  it("is not remembered where what it belongs to was refused: then the plan was not applied", async () => {
    const store = open();
    const { beside } = await usedOnce(store, keys, plan, use);
    const overtaken = { key: keys.head, modRevision: 7 };
    const { ok } = await store.transact({ ...beside, compare: [...beside.compare, overtaken] });
    assert.equal(ok, false);
    await checkUnused(store, keys, plan);
    assert.equal((await store.transact(beside)).ok, true);
  });

  it("is remembered first where nothing else is written, and then is over whatever becomes of it", async () => {
    const store = open();
    const first = await usedOnce(store, keys, plan, use);
    const second = await usedOnce(store, keys, plan, { by: "ben", at: 1 });
    await first.mark();
    await assert.rejects(second.mark(), isUsed);
  });

  it("outlives the plan, and is then forgotten", async () => {
    const clock = new FakeClock();
    const core = new StoreCore({ clock });
    const applying = new MemoryStore({ core, clock });
    const store = new MemoryStore({ core, clock });
    await (await usedOnce(applying, keys, plan, use)).mark();
    await applying.close();
    await clock.advance(47 * 3_600_000);
    await assert.rejects(checkUnused(store, keys, plan), isUsed);
    await clock.advance(2 * 3_600_000);
    await checkUnused(store, keys, plan);
  });
});
