import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { type HousekeepingRecord, keepHouse, pastKeptMs } from "../../../reconciler/control/housekeeping.ts";
import type { EventReport } from "../../../reconciler/model/report.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryMaintenance } from "../../../reconciler/store/memory/memory-maintenance.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");

class House {
  readonly clock = new FakeClock();
  readonly core = new StoreCore({ clock: this.clock });
  readonly store = new MemoryStore({ core: this.core, clock: this.clock });
  quotaBytes = 1_000_000;
  /** Fails every call while it is set. */
  failure: Error | null = null;
  readonly compactions: number[] = [];

  /** One who keeps house as long as the test runs, under a leadership that is there unless it is taken away. */
  async start(test: TestContext): Promise<void> {
    const { revision } = await this.store.transact({
      compare: [],
      then: [{ put: keys.leader, value: "one" }],
    });
    const ending = new AbortController();
    const maintenance = {
      status: async () => {
        if (this.failure !== null) throw this.failure;
        return new MemoryMaintenance({ core: this.core, quotaBytes: this.quotaBytes }).status();
      },
      compact: async (upTo: number) => {
        this.compactions.push(upTo);
        await new MemoryMaintenance({ core: this.core }).compact(upTo);
      },
      defragment: () => Promise.reject(new Error("not asked for")),
      disarm: () => Promise.reject(new Error("not asked for")),
    };
    const guard = { key: keys.leader, createRevision: revision };
    const shared = {
      store: this.store,
      maintenance,
      keys,
      cluster: "lab",
      clock: this.clock,
      log: silentLog,
      guard,
    };
    const running = keepHouse(shared, ending.signal);
    test.after(async () => {
      ending.abort();
      await running;
    });
    await this.clock.advance(0);
  }

  async write(times: number, bytes = 1): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      const value = "x".repeat(bytes);
      await this.store.transact({ compare: [], then: [{ put: `${keys.root}filler`, value }] });
    }
  }

  async events(): Promise<readonly (readonly [string, string])[]> {
    const { items } = await this.store.list(keys.event("store", ""));
    return items.map((item) => decode<EventReport>(item)).map(({ level, code }) => [level, code]);
  }

  async record(): Promise<HousekeepingRecord | null> {
    const held = await this.store.get(keys.housekeeping);
    return held === null ? null : decode<HousekeepingRecord>(held);
  }
}

describe("keeping house", () => {
  it("forgets the past once it is five minutes old, and writes down that it did", async (test) => {
    const house = new House();
    await house.start(test);
    await house.write(200);
    await house.clock.advance(pastKeptMs);
    assert.deepEqual(house.compactions, [], "all of it is younger than that");
    const seen = house.core.revision;
    await house.write(200);
    await house.clock.advance(pastKeptMs);
    assert.deepEqual(house.compactions, [seen]);
    assert.equal(house.core.compacted, seen);
    assert.equal((await house.record())?.compacted?.revision, seen);
  });

  it("leaves a store alone in which next to nothing happens", async (test) => {
    const house = new House();
    await house.start(test);
    for (let i = 0; i < 20; i += 1) {
      await house.write(1);
      await house.clock.advance(pastKeptMs);
    }
    assert.deepEqual(house.compactions, []);
    assert.equal(await house.record(), null);
  });

  it("warns once when the store is half full, and says once that there is room again", async (test) => {
    const house = new House();
    await house.write(1, 600_000);
    await house.start(test);
    assert.deepEqual(await house.events(), [["warning", "store-half-full"]]);
    assert.notEqual((await house.record())?.fullSince, null);
    await house.clock.advance(3 * pastKeptMs);
    await house.write(1, 450_000);
    await house.clock.advance(pastKeptMs);
    assert.equal((await house.events()).length, 1, "a size that sways is not told again and again");
    await house.write(1, 10);
    await house.clock.advance(pastKeptMs);
    assert.deepEqual((await house.events())[1], ["note", "store-has-room"]);
    assert.equal((await house.record())?.fullSince, null);
  });

  it("warns no second time after a change of leaders", async (test) => {
    const house = new House();
    await house.write(1, 600_000);
    await house.start(test);
    await house.start(test);
    assert.equal((await house.events()).length, 1);
  });

  it("writes nothing once the leadership is gone", async (test) => {
    const house = new House();
    await house.start(test);
    await house.store.transact({ compare: [], then: [{ delete: keys.leader }] });
    await house.write(1, 600_000);
    await house.clock.advance(pastKeptMs);
    assert.deepEqual(await house.events(), []);
    assert.equal(await house.record(), null);
  });

  it("ends at once when told to, also while the store takes its time", async () => {
    const { clock, core, store } = new House();
    const ending = new AbortController();
    const never = new Promise<never>(() => undefined);
    const maintenance = Object.assign(new MemoryMaintenance({ core }), { status: () => never });
    const guard = { key: keys.leader, createRevision: 1 };
    const running = keepHouse(
      { store, maintenance, keys, cluster: "lab", clock, log: silentLog, guard },
      ending.signal,
    );
    ending.abort();
    await running;
  });

  it("goes on after the store could not be reached", async (test) => {
    const house = new House();
    const { StoreError } = await import("../../../reconciler/store/store.ts");
    house.failure = new StoreError("unreachable", "for the test");
    await house.write(1, 600_000);
    await house.start(test);
    assert.deepEqual(await house.events(), []);
    house.failure = null;
    await house.clock.advance(pastKeptMs);
    assert.equal((await house.events()).length, 1);
  });
});
