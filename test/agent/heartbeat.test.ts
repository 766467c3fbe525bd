import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { runHeartbeat } from "../../agent/heartbeat.ts";
import type { Alive } from "../../reconciler/model/observed.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { decode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Wire } from "./support/wire.ts";

describe("runHeartbeat", () => {
  const key = clusterKeys("lab").alive("hv1");
  let clock: FakeClock;
  let core: StoreCore;
  let store: MemoryStore;
  const stops: (() => Promise<void>)[] = [];

  beforeEach(() => {
    clock = new FakeClock();
    core = new StoreCore({ clock });
    store = new MemoryStore({ core, clock });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await store.close();
  });

  const beat = (ids: { machineId?: string; bootId?: string } = {}, revokeOnStop = false) => {
    const wire = new Wire();
    const own = new MemoryStore({ core, clock, link: wire });
    const stopped = new AbortController();
    const { machineId = "m1", bootId = "b1" } = ids;
    const options = { node: "hv1", cluster: "lab", store: own, clock, machineId, bootId, log: silentLog };
    const running = runHeartbeat({ ...options, address: "10.0.0.11", revokeOnStop }, stopped.signal);
    const stop = async () => {
      stopped.abort(new Error("stopped"));
      await running;
    };
    const kill = async () => {
      await stop();
      await own.close();
    };
    stops.push(kill);
    return { wire, stop, kill };
  };
  const alive = async () => {
    const item = await store.get(key);
    return item === null ? null : { ...decode<Alive>(item), lease: item.lease };
  };

  it("says who lives, under a lease that it keeps", async () => {
    beat();
    await clock.advance(600_000);
    const record = await alive();
    assert.deepEqual([record?.machineId, record?.bootId, record?.address], ["m1", "b1", "10.0.0.11"]);
    assert.notEqual(record?.lease, "0");
    assert.equal(core.revision, (await store.get(key))?.createRevision);
  });

  it("is believed for one lease after it was killed", async () => {
    const { kill } = beat();
    await clock.advance(0);
    await kill();
    await clock.advance(9_000);
    assert.notEqual(await alive(), null);
    await clock.advance(2_000);
    assert.equal(await alive(), null);
  });

  it("is gone at once where it was asked to say so", async () => {
    const { stop } = beat({}, true);
    await clock.advance(0);
    await stop();
    assert.equal(await alive(), null);
  });

  it("comes back after an outage that cost it its lease", async () => {
    const { wire } = beat();
    await clock.advance(0);
    const before = await alive();
    wire.state = "cut";
    await clock.advance(60_000);
    assert.equal(await alive(), null);
    wire.state = "up";
    await clock.advance(10_000);
    const after = await alive();
    assert.equal(after?.bootId, "b1");
    assert.notEqual(after.lease, before?.lease);
  });

  it("takes over from its predecessor of the same boot, without a gap", async () => {
    const { kill } = beat();
    await clock.advance(0);
    const before = await alive();
    await kill();
    beat();
    await clock.advance(0);
    const after = await alive();
    assert.notEqual(after?.lease, before?.lease);
    const created = (await store.get(key))?.createRevision;
    await clock.advance(60_000);
    assert.equal((await store.get(key))?.createRevision, created);
  });

  for (const [what, ids] of [
    ["an earlier boot", { bootId: "b2" }],
    ["another machine", { machineId: "m2" }],
  ] as const) {
    it(`waits until the lease of ${what} has ended`, async () => {
      const { kill } = beat();
      await clock.advance(0);
      const before = await alive();
      beat(ids);
      await clock.advance(60_000);
      assert.deepEqual(await alive(), before);
      await kill();
      await clock.advance(11_000);
      const after = await alive();
      assert.deepEqual([after?.machineId, after?.bootId], [ids.machineId ?? "m1", ids.bootId ?? "b1"]);
    });
  }

  it("stands by while another one of its boot has taken over", async () => {
    const first = beat();
    await clock.advance(0);
    const second = beat();
    await clock.advance(0);
    const lease = (await alive())?.lease;
    await clock.advance(60_000);
    assert.equal((await alive())?.lease, lease);
    await second.kill();
    await clock.advance(11_000);
    assert.notEqual(await alive(), null);
    await first.kill();
    await clock.advance(11_000);
    assert.equal(await alive(), null);
  });

  it("puts the key back that somebody deleted", async () => {
    beat();
    await clock.advance(0);
    await store.transact({ compare: [], then: [{ delete: key }] });
    await clock.advance(1_000);
    assert.equal((await alive())?.bootId, "b1");
  });

  it("recovers where it cannot know whether its key was written", async () => {
    const { wire } = beat();
    wire.state = "answers-lost";
    await clock.advance(5_000);
    wire.state = "up";
    await clock.advance(20_000);
    assert.equal((await alive())?.bootId, "b1");
    const lease = (await alive())?.lease;
    await clock.advance(60_000);
    assert.equal((await alive())?.lease, lease);
  });
});
