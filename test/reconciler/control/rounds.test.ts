import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import {
  Rounds,
  type RoundsRecord,
  roundsToldEveryMs,
  tellRounds,
} from "../../../reconciler/control/rounds.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");

/** A leader who tells of its rounds as long as the test runs. */
async function leading(test: TestContext) {
  const clock = new FakeClock();
  const store = new MemoryStore({ core: new StoreCore({ clock }), clock });
  const rounds = new Rounds();
  const won = await store.transact({ compare: [], then: [{ put: keys.leader, value: "r1" }] });
  const guard = { key: keys.leader, createRevision: won.revision };
  const ending = new AbortController();
  const telling = tellRounds({ store, keys, clock, log: silentLog, rounds, guard }, ending.signal);
  test.after(async () => {
    ending.abort();
    await telling;
  });
  return {
    rounds,
    store,
    /** What is written down after the next look: how many, and at which revision. */
    told: async () => {
      await clock.advance(roundsToldEveryMs);
      const held = await store.get(keys.rounds);
      return held === null ? null : [decode<RoundsRecord>(held).rounds, held.modRevision];
    },
  };
}

describe("Rounds", () => {
  it("count each below every bound that it kept, and one on the bound as within", () => {
    const rounds = new Rounds();
    for (const ms of [1, 5, 5.1, 700, 60_000]) rounds.add(ms);
    const { record } = rounds;
    assert.deepEqual(
      record.within.map((bound) => bound.rounds),
      [2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4],
    );
    assert.equal(record.rounds, 5);
    assert.equal(record.seconds.toFixed(4), "60.7111");
  });
});

describe("a leader that tells of its rounds", () => {
  it("writes once for many, and nothing where there were none", async (test) => {
    const { rounds, store, told } = await leading(test);
    assert.equal(await told(), null);
    for (let each = 0; each < 50; each++) rounds.add(1);
    const first = await told();
    assert.equal(first?.[0], 50);
    assert.deepEqual(await told(), first);
    rounds.add(1);
    assert.deepEqual(await told(), [51, (await store.list(keys.rounds)).revision]);
  });

  it("writes nothing once another one leads", async (test) => {
    const { rounds, store, told } = await leading(test);
    await store.transact({ compare: [], then: [{ delete: keys.leader }] });
    await store.transact({ compare: [], then: [{ put: keys.leader, value: "r2" }] });
    rounds.add(1);
    assert.equal(await told(), null);
  });
});
