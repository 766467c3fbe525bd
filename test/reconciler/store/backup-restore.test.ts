import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { StoreRecord } from "../../../reconciler/model/store-record.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { type Backup, backupOf, backupText, readBackup } from "../../../reconciler/store/backup.ts";
import { clearRestore, restoreBackup } from "../../../reconciler/store/backup-restore.ts";
import { decode, encode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { connectStore } from "../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { type Store, StoreError, type Transaction } from "../../../reconciler/store/store.ts";
import { startEmbedded } from "../../support/etcd-embedded.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");
const who = { by: "tester", now: 2_000 };

function memory(): MemoryStore {
  const clock = new FakeClock();
  return new MemoryStore({ core: new StoreCore({ clock }), clock });
}

async function embedded(test: TestContext): Promise<Store> {
  const server = await startEmbedded();
  const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
  test.after(async () => {
    await store.close();
    await server.close();
  });
  return store;
}

/** 500 placements among other records, one of them under a lease. */
async function fill(store: Store): Promise<void> {
  const put = (key: string, record: object) => ({ put: key, value: encode(record) });
  for (let i = 0; i < 500; i += 100) {
    const then = Array.from({ length: 100 }, (_, n) =>
      put(keys.placement(`vm${String(i + n)}`), { node: "hv1", epoch: i + n }),
    );
    await store.transact({ compare: [], then });
  }
  const then = [
    put(keys.head, { generation: 3, parts: {} }),
    put(keys.store, { counter: 4, frozen: null, accepted: null }),
    put(keys.request("destroy-web1"), { by: "somebody" }),
    put(keys.housekeeping, { compacted: { revision: 99_999, at: 1 }, fullSince: null }),
    put(keys.rounds, { within: [], rounds: 7, seconds: 0.1 }),
  ];
  await store.transact({ compare: [], then });
  const lease = await store.grant(10_000);
  await store.transact({ compare: [], then: [{ put: keys.leader, value: encode({}), lease: lease.id }] });
}

async function backUp(store: Store): Promise<Backup> {
  const origin = { cluster: "lab", root: keys.root, counter: 4, at: 1_000 };
  const text = [...backupText(backupOf(await store.list(keys.root), origin))].join("");
  return readBackup(text, "file");
}

async function contents(store: Store): Promise<ReadonlyMap<string, string>> {
  const { items } = await store.list(keys.root);
  return new Map(items.map(({ key, value }) => [key, value]));
}

/** A store whose client dies before its nth transaction, or after it, before the answer. */
function dying(store: Store, lives: number, when: "before" | "after"): Store {
  let left = lives;
  return {
    get: (key) => store.get(key),
    list: (prefix) => store.list(prefix),
    watch: (prefix, after, signal) => store.watch(prefix, after, signal),
    grant: (ttlMs) => store.grant(ttlMs),
    close: () => store.close(),
    transact: async (transaction: Transaction) => {
      left -= 1;
      if (left < 0 && when === "before") throw new StoreError("unreachable", "died");
      const result = await store.transact(transaction);
      if (left < 0) throw new StoreError("unreachable", "died");
      return result;
    },
  };
}

describe("restoring a backup", () => {
  for (const [kind, open] of [
    ["in memory", () => Promise.resolve(memory())],
    ["the embedded store", embedded],
  ] as const) {
    it(`gives back what was there, frozen: ${kind}`, async (test) => {
      const [from, to] = [await open(test), await open(test)];
      await fill(from);
      const backup = await backUp(from);
      const { records, continued } = await restoreBackup(backup, { store: to, keys, ...who });
      assert.deepEqual({ records, continued }, { records: 502, continued: false });
      const [before, after] = [await contents(from), await contents(to)];
      const expected = new Map(before);
      const left = [keys.leader, keys.store, keys.housekeeping, keys.rounds, keys.request("destroy-web1")];
      for (const key of left) {
        expected.delete(key);
      }
      const { counter, frozen } = decode<StoreRecord>({
        key: keys.store,
        value: after.get(keys.store) ?? "",
      });
      assert.equal(counter, 4);
      assert.match(
        frozen?.why ?? "",
        /^restored from a backup of lab, taken 1970-01-01T00:00:01\.000Z at revision \d+$/,
      );
      assert.deepEqual([frozen?.by, frozen?.at], ["restore that tester made", 2_000]);
      const { storeId, revision } = backup.header;
      assert.deepEqual(frozen?.seen, { storeId, revision, counter: 4, epoch: 499 });
      assert.deepEqual(new Map([...after].filter(([key]) => key !== keys.store)), expected);
    });
  }

  it("refuses a store in which the cluster has any record", async () => {
    const from = memory();
    await fill(from);
    const backup = await backUp(from);
    const to = memory();
    await to.transact({ compare: [], then: [{ put: keys.alive("hv1"), value: encode({}) }] });
    await assert.rejects(
      restoreBackup(backup, { store: to, keys, ...who }),
      refusedFor(/holds 1 records of the cluster/),
    );
    assert.equal((await contents(to)).size, 1);
  });

  for (const when of ["before", "after"] as const) {
    it(`goes on where it died ${when} any of its writes, and nothing is in force meanwhile`, async () => {
      const from = memory();
      await fill(from);
      const backup = await backUp(from);
      const whole = memory();
      await restoreBackup(backup, { store: whole, keys, ...who });
      let died = 0;
      for (let lives = 0; ; lives += 1) {
        const to = memory();
        const first = restoreBackup(backup, { store: dying(to, lives, when), keys, ...who });
        const failed = await first.then(
          () => false,
          () => true,
        );
        const half = await contents(to);
        if (!failed) break;
        died += 1;
        if (half.has(keys.restoring)) {
          assert.ok(!half.has(keys.head));
          assert.match(half.get(keys.store) ?? "", /"frozen":\{/);
          await restoreBackup(backup, { store: to, keys, ...who });
        } else if (half.size === 0) {
          await restoreBackup(backup, { store: to, keys, ...who });
        }
        assert.deepEqual(await contents(to), await contents(whole));
      }
      assert.ok(died >= 7, `died ${String(died)} times`);
    });
  }

  it("does not mix two backups, and clears what an interrupted one left", async () => {
    const from = memory();
    await fill(from);
    const backup = await backUp(from);
    const to = memory();
    await assert.rejects(restoreBackup(backup, { store: dying(to, 3, "before"), keys, ...who }), StoreError);
    await from.transact({ compare: [], then: [{ delete: keys.placement("vm1") }] });
    const other = await backUp(from);
    await assert.rejects(
      restoreBackup(other, { store: to, keys, ...who }),
      refusedFor(/another backup is half done/),
    );
    assert.equal(await clearRestore({ store: to, keys }), 201);
    assert.equal((await contents(to)).size, 0);
    await restoreBackup(other, { store: to, keys, ...who });
    await assert.rejects(clearRestore({ store: to, keys }), refusedFor(/no restore is half done/));
  });

  it("is not confused by an answer that was lost at the end", async () => {
    const from = memory();
    await fill(from);
    const backup = await backUp(from);
    const to = memory();
    const store: Store = {
      ...dying(to, Infinity, "before"),
      transact: async (transaction) => {
        const result = await to.transact(transaction);
        if (transaction.then.some((one) => "delete" in one)) throw new StoreError("ambiguous", "no answer");
        return result;
      },
    };
    assert.equal((await restoreBackup(backup, { store, keys, ...who })).records, 502);
    assert.ok((await contents(to)).has(keys.head));
  });
});

function refusedFor(why: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof KeelError && error.code === "refused" && why.test(error.message);
}
