import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { ProgressKey } from "../../agent/progress-key.ts";
import type { Progress } from "../../reconciler/model/step.ts";
import { decode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { StoreError, type Transaction } from "../../reconciler/store/store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { StoreTap } from "./support/store-tap.ts";

describe("ProgressKey", () => {
  const claimed: Progress = { phase: "claimed", claimedUptimeMs: 1, at: 1 };
  const running: Progress = {
    phase: "running",
    at: 2,
    since: 1,
    claimedUptimeMs: 1,
    percent: 50,
    detail: null,
  };
  const done: Progress = { phase: "done", at: 3, detail: null };
  let store: MemoryStore;
  let tap: StoreTap;
  let key: ProgressKey;

  beforeEach(async () => {
    const clock = new FakeClock();
    store = new MemoryStore({ core: new StoreCore({ clock }), clock });
    tap = new StoreTap(store);
    const { revision } = await store.transact({
      compare: [],
      then: [
        { put: "step", value: "a" },
        { put: "agent", value: "me" },
      ],
    });
    key = new ProgressKey(
      {
        store: tap,
        key: "progress",
        stepKey: "step",
        stepCreated: revision,
        presence: () => ({ key: "agent", modRevision: revision }),
      },
      0,
    );
  });
  afterEach(() => store.close());

  const told = async () => {
    const item = await store.get("progress");
    return item === null ? null : decode<Progress>(item).phase;
  };
  const write = (put: string, value: string) => store.transact({ compare: [], then: [{ put, value }] });

  it("is written from the claim to the end", async () => {
    for (const progress of [claimed, running, done]) assert.equal(await key.put(progress), "written");
    assert.equal(await told(), "done");
  });

  it("is not covered by a report that comes late, after its end", async () => {
    await key.put(claimed);
    let late: Transaction | null = null;
    tap.refuses = (transaction) => {
      late = transaction;
      return true;
    };
    await assert.rejects(key.put(running), StoreError);
    tap.refuses = () => false;
    await key.put(done);
    assert.ok(late !== null);
    await store.transact(late);
    assert.equal(await told(), "done");
  });

  it("knows a report again that was written although nobody said so", async () => {
    tap.afterwards = () => {
      throw new StoreError("ambiguous", "the answer was lost");
    };
    await assert.rejects(key.put(claimed), StoreError);
    tap.afterwards = () => undefined;
    assert.equal(await key.put(claimed), "written");
    assert.equal(await key.put(done), "written");
    assert.equal(await told(), "done");
  });

  it("is refused where a comparison of the caller's fails, and can be written after", async () => {
    assert.equal(await key.put(claimed, [{ key: "step", modRevision: 99 }]), "refused");
    assert.equal(await told(), null);
    assert.equal(await key.put(claimed), "written");
  });

  it("is not written for a step that is gone, or another one of its name", async () => {
    await store.transact({ compare: [], then: [{ delete: "step" }] });
    assert.equal(await key.put(done), "withdrawn");
    await write("step", "b");
    assert.equal(await key.put(done), "withdrawn");
    assert.equal(await told(), null);
  });

  it("is not written by an agent that was replaced", async () => {
    await write("agent", "somebody else");
    assert.equal(await key.put(done), "refused");
    assert.equal(await told(), null);
  });
});
