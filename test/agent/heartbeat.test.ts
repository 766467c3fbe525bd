import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { runHeartbeat } from "../../agent/heartbeat.ts";
import type { Alive, Seen } from "../../reconciler/model/observed.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { decode, encode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { StoreError } from "../../reconciler/store/store.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { grantedLeases } from "../support/granted-leases.ts";
import { StoreTap } from "./support/store-tap.ts";
import { Wire } from "./support/wire.ts";

describe("runHeartbeat", () => {
  const keys = clusterKeys("lab");
  const key = keys.alive("hv1");
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

  /** `beforeGrant`: what happens after it has looked, and before it writes. */
  const beat = (
    ids: { machineId?: string; bootId?: string } = {},
    revokeOnStop = false,
    beforeGrant: () => Promise<unknown> = () => Promise.resolve(),
  ) => {
    const wire = new Wire();
    const own = new MemoryStore({ core, clock, link: wire });
    const grant = own.grant.bind(own);
    own.grant = async (ttlMs) => {
      await beforeGrant();
      return grant(ttlMs);
    };
    const stopped = new AbortController();
    const { machineId = "m1", bootId = "b1" } = ids;
    const tap = new StoreTap(own);
    const options = { node: "hv1", cluster: "lab", store: tap, clock, machineId, bootId, log: silentLog };
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
    return { wire, tap, stop, kill };
  };
  const alive = async () => {
    const item = await store.get(key);
    return item === null ? null : { ...decode<Alive>(item), lease: item.lease };
  };

  const seen = async () => {
    const item = await store.get(keys.seen("hv1"));
    return item === null ? null : decode<Seen>(item);
  };

  it("says who lives, under a lease that it keeps", async () => {
    beat();
    await clock.advance(600_000);
    const record = await alive();
    assert.deepEqual([record?.machineId, record?.bootId, record?.address], ["m1", "b1", "10.0.0.11"]);
    assert.notEqual(record?.lease, "0");
    assert.equal(core.revision, (await store.get(key))?.createRevision);
  });

  it("takes the lease that the cluster says, once it begins, unless it was told another", async () => {
    const grantsOf = async (leaseMs?: number) => {
      const own = new MemoryStore({ core, clock });
      const granted = grantedLeases(own);
      const ended = new AbortController();
      const ids = { node: "hv1", cluster: "lab", machineId: "m1", bootId: "b1", address: null };
      const told = leaseMs === undefined ? {} : { leaseMs };
      const running = runHeartbeat(
        { ...ids, ...told, store: own, clock, revokeOnStop: true, log: silentLog },
        ended.signal,
      );
      await clock.advance(1_000);
      ended.abort(new Error("stopped"));
      await running;
      await own.close();
      return granted;
    };
    const before = await grantsOf();
    await store.transact({ compare: [], then: [{ put: keys.lease, value: encode({ ms: 30_000 }) }] });
    assert.deepEqual([before, await grantsOf(), await grantsOf(5_000)], [[10_000], [30_000], [5_000]]);
  });

  it("takes the lease that the cluster says by now while it beats, and its key is there all the time", async () => {
    const { kill } = beat();
    await clock.advance(1_000);
    const leases = new Set<string | undefined>();
    const watching = async (ms: number) => {
      for (let at = 0; at < ms; at += 100) {
        await clock.advance(100);
        leases.add((await alive())?.lease);
      }
    };
    for (const ms of [30_000, 3_000]) {
      await store.transact({ compare: [], then: [{ put: keys.lease, value: encode({ ms }) }] });
      await watching(31_000);
    }
    assert.deepEqual([leases.size, leases.has(undefined)], [3, false]);
    assert.equal((await seen())?.alive, true);
    await kill();
    await clock.advance(3_000);
    assert.equal(await alive(), null);
  });

  it("keeps its key where nobody tells it that it was moved to another lease", async () => {
    const { tap } = beat();
    await clock.advance(1_000);
    const before = (await alive())?.lease;
    let lost = 0;
    tap.afterwards = () => {
      lost += 1;
      throw new StoreError("ambiguous", "the answer was lost");
    };
    await store.transact({ compare: [], then: [{ put: keys.lease, value: encode({ ms: 30_000 }) }] });
    const leases = new Set<string | undefined>();
    for (let at = 0; at < 31_000; at += 100) {
      await clock.advance(100);
      leases.add((await alive())?.lease);
    }
    assert.deepEqual([lost, leases.size, leases.has(before), leases.has(undefined)], [1, 2, true, false]);
  });

  it("beats where it may not read the lease of the cluster", async () => {
    const own = new MemoryStore({ core, clock });
    const get = own.get.bind(own);
    own.get = (asked) =>
      asked === keys.lease ? Promise.reject(new StoreError("denied", "not yours")) : get(asked);
    const ended = new AbortController();
    const ids = { node: "hv1", cluster: "lab", machineId: "m1", bootId: "b1", address: null };
    const running = runHeartbeat({ ...ids, store: own, clock, log: silentLog }, ended.signal);
    await clock.advance(60_000);
    assert.equal((await alive())?.bootId, "b1");
    ended.abort(new Error("stopped"));
    await running;
    await own.close();
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

  it("waits until the lease of an earlier boot has ended", async () => {
    const { kill } = beat();
    await clock.advance(0);
    const before = await alive();
    beat({ bootId: "b2" });
    await clock.advance(60_000);
    assert.deepEqual(await alive(), before);
    await kill();
    await clock.advance(11_000);
    assert.deepEqual([(await alive())?.machineId, (await alive())?.bootId], ["m1", "b2"]);
  });

  it("leaves its ids behind when its lease ends", async () => {
    const { kill } = beat();
    await clock.advance(0);
    await kill();
    await clock.advance(11_000);
    assert.equal(await alive(), null);
    assert.deepEqual(await seen(), { v: 1, machineId: "m1", bootId: "b1", alive: true });
  });

  it("keeps away from a name that belongs to another machine, until that is given to it", async () => {
    const { kill } = beat();
    await clock.advance(0);
    await kill();
    beat({ machineId: "m2" });
    await clock.advance(60_000);
    assert.equal(await alive(), null);
    const replaced = { phase: "done", proof: {}, replaced: "m1" };
    await store.transact({ compare: [], then: [{ put: keys.fence("hv1"), value: encode(replaced) }] });
    await clock.advance(2_000);
    assert.equal((await alive())?.machineId, "m2");
  });

  it("keeps away once its machine was replaced, whether the other one is there or not", async () => {
    const { kill } = beat();
    await clock.advance(0);
    await kill();
    await clock.advance(11_000);
    const replaced = { phase: "done", proof: {}, replaced: "m1" };
    await store.transact({ compare: [], then: [{ put: keys.fence("hv1"), value: encode(replaced) }] });
    beat();
    await clock.advance(60_000);
    assert.equal(await alive(), null);
    beat({ machineId: "m2" });
    await clock.advance(2_000);
    assert.equal((await alive())?.machineId, "m2");
    await store.transact({ compare: [], then: [{ delete: keys.fence("hv1") }] });
    await clock.advance(60_000);
    assert.equal((await alive())?.machineId, "m2");
  });

  it("leaves behind where it answers directly, and the addresses of its machine", async () => {
    const answersAt = { address: "10.0.0.11", port: 7410, key: "k" };
    const stopped = new AbortController();
    const ids = { node: "hv1", cluster: "lab", machineId: "m1", bootId: "b1", address: null };
    const told = { answersAt, addresses: ["10.0.0.11", "hv1.lab"] };
    const running = runHeartbeat({ ...ids, ...told, store, clock, log: silentLog }, stopped.signal);
    await clock.advance(0);
    const { answersAt: place, addresses } = (await seen()) ?? {};
    assert.deepEqual([place, addresses], [answersAt, told.addresses]);
    stopped.abort(new Error("stopped"));
    await running;
  });

  it("keeps away while it is being fenced, says who it is, and is back once that is over", async () => {
    const fence = (phase: string) =>
      store.transact({ compare: [], then: [{ put: keys.fence("hv1"), value: encode({ phase }) }] });
    await fence("cutting");
    beat();
    await clock.advance(30_000);
    assert.equal(await alive(), null);
    assert.deepEqual(await seen(), { v: 1, machineId: "m1", bootId: "b1", alive: false });
    await fence("failed");
    await clock.advance(2_000);
    assert.equal((await alive())?.bootId, "b1");
    assert.deepEqual(await seen(), { v: 1, machineId: "m1", bootId: "b1", alive: true });
  });

  it("does not slip in where its fencing begins between its look and its write", async () => {
    const cutting = { put: keys.fence("hv1"), value: encode({ phase: "cutting" }) };
    beat({}, false, () => store.transact({ compare: [], then: [cutting] }));
    await clock.advance(30_000);
    assert.equal(await alive(), null);
  });

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
