// Needs: etcd
/** What the adapter promises while members of a real etcd die, hang and come back. One cluster, one fault after the other. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { type Revision, StoreError } from "../../reconciler/store/store.ts";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import type { EtcdMember } from "../support/etcd-member.ts";
import { cutOffAndBack } from "../support/watch-cut-off.ts";
import { StoreWatcher } from "../support/store-watcher.ts";

const requestTimeoutMs = 500;
const members = 3;
/** For a machine with more to do than these tests. */
const slackMs = 2_000;

describe("three members of a real etcd", { timeout: 90_000 }, () => {
  let started: EtcdCluster | null = null;
  const cluster = (): EtcdCluster => started ?? assert.fail("the cluster was not started");
  before(async () => {
    started = await startEtcdCluster({ members });
  });
  beforeEach(async () => {
    for (const member of cluster().members) {
      if (member.runs) continue;
      await member.kill();
      await member.start();
    }
    await cluster().ready();
  });
  after(async () => started?.close());

  const connect = (test: TestContext, first: EtcdMember): EtcdStore => {
    const endpoints = cluster().endpointsFrom(first);
    const store = connectStore({ endpoints, clock: systemClock, requestTimeoutMs, silenceMs: 500 });
    test.after(() => store.close());
    return store;
  };
  /** For what must succeed for the test to go on: no fault touches it, so it may take as long as a busy machine needs. */
  const bystander = async (test: TestContext): Promise<EtcdStore> => {
    const endpoints = cluster().endpointsFrom(await cluster().leader());
    const store = connectStore({ endpoints, clock: systemClock, requestTimeoutMs: 20_000 });
    test.after(() => store.close());
    return store;
  };

  it("lose nothing when the one that the client talks to is killed, a follower", async (test) => {
    const member = await cluster().follower();
    await survives(test, connect(test, member), "/follower/", () => member.kill());
  });

  it("lose nothing when the leader is killed", async (test) => {
    const leader = await cluster().leader();
    await survives(test, connect(test, leader), "/leader/", () => leader.kill());
  });

  it("fail in time while two are dead, and go on where they were once they are back", async (test) => {
    const [kept, ...dead] = cluster().members;
    assert.ok(kept !== undefined);
    const store = connect(test, kept);
    const watcher = watch(test, store, "/quorum/");
    const writer = new Writer(store, "/quorum/");
    await watcher.reached(await writer.writeUntil(5));

    await Promise.all(dead.map((member) => member.kill()));
    await Promise.all([
      failsInTime(() => store.get("/quorum/0"), ["unreachable"]),
      failsInTime(() => store.list("/quorum/"), ["unreachable"]),
      failsInTime(() => store.grant(2_000), ["unreachable"]),
      failsInTime(() => store.transact(put("/quorum-lost")), ["unreachable", "ambiguous"]),
    ]);

    await Promise.all(dead.map((member) => member.start()));
    await cluster().ready();
    await watcher.reached(await writer.writeUntil(10));
    assertTold(watcher, writer);
    assert.equal(watcher.relists, 0);
  });

  it("keep a lease, writes and a watch going while the one that the client talks to hangs", async (test) => {
    const member = await cluster().follower();
    const store = connect(test, member);
    const outside = await bystander(test);
    const lease = await store.grant(2_000);
    await store.transact({ compare: [], then: [{ put: "/hung/lease", value: "", lease: lease.id }] });
    const watcher = watch(test, store, "/hung/keys/");
    const writer = new Writer(store, "/hung/keys/");
    await watcher.reached(await writer.writeUntil(5));

    member.pause();
    // A lease that nobody renews is the clock: when it ends, more than the first one's time is over.
    const unrenewed = await bystander(test);
    const { id } = await unrenewed.grant(lease.ttlMs + 1_000);
    const mark = await outside.transact({ compare: [], then: [{ put: "/clock", value: "", lease: id }] });
    await unrenewed.close();
    await writer.writeUntil(10);
    for await (const event of outside.watch("/clock", mark.revision, test.signal)) {
      assert.equal(event.type, "changes");
      break;
    }
    assert.equal(lease.lost.aborted, false);
    assert.notEqual(await outside.get("/hung/lease"), null);
    await watcher.reached(await writer.writeUntil(15));
    member.resume();
    await member.ready();
    await watcher.reached(await writer.writeUntil(20));
    assertTold(watcher, writer);
    assert.equal(watcher.relists, 0);
    await lease.revoke();
  });

  it("let a watcher catch up that was cut off until its past was compacted", async (test) => {
    const [member] = cluster().members;
    assert.ok(member !== undefined);
    const writer = await bystander(test);
    const { relists, isEqual } = await cutOffAndBack({
      target: member.endpoint,
      store: writer,
      prefix: "/cut-off/",
      changes: 5_000,
      compact: (revision) => writer.compact(revision),
    });
    assert.ok(relists > 0);
    assert.ok(isEqual);
  });

  it("tell which of them is there and which leads, while one is dead", async (test) => {
    const leader = await cluster().leader();
    const follower = await cluster().follower();
    const store = connect(test, follower);
    await follower.kill();
    const status = await store.status();
    const problems = status.members.filter(({ problem }) => problem !== null);
    assert.deepEqual(
      problems.map(({ name }) => name),
      [follower.name],
    );
    assert.deepEqual(
      status.members.filter((member) => member.leader).map(({ name }) => name),
      [leader.name],
    );
    await assert.rejects(store.defragment(), { name: "StoreError", code: "unreachable" });
    await assert.doesNotReject(store.get("/after-defragmenting"));
  });

  /** A writer and a watcher go on over the fault; nothing is lost, repeated or told in another order. */
  async function survives(
    test: TestContext,
    store: EtcdStore,
    prefix: string,
    fault: () => Promise<void>,
  ): Promise<void> {
    const watcher = watch(test, store, prefix);
    const writer = new Writer(store, prefix);
    await watcher.reached(await writer.writeUntil(10));
    // Longer than an election takes on a busy machine, during which no lease can be renewed.
    const lease = await store.grant(5_000);
    const grantedAt = systemClock.monotonic();
    const [revision] = await Promise.all([writer.writeUntil(40), fault()]);
    await watcher.reached(revision);
    assertTold(watcher, writer);
    assert.equal(watcher.relists, 0);
    // Without a renewal it would have ended by then.
    await systemClock.sleep(Math.max(0, grantedAt + lease.ttlMs + 100 - systemClock.monotonic()));
    assert.equal(lease.lost.aborted, false);
    await lease.revoke();
  }
});

describe("a real etcd whose quota is used up", { timeout: 60_000 }, () => {
  const quotaBytes = 8 * 1024 * 1024;

  it("takes no writes but gives all reads, until space was made and the alarm taken away", async (test) => {
    const cluster = await startEtcdCluster({ members, quotaBytes });
    test.after(() => cluster.close());
    const store = connectStore({ endpoints: cluster.endpoints, clock: systemClock });
    test.after(() => store.close());
    const watcher = watch(test, store, "/full/");
    const filled = await fill(store);

    await assert.rejects(store.transact(put("/full/one-more")), { name: "StoreError", code: "no-space" });
    assert.notEqual(await store.get("/full/a"), null);
    await watcher.reached(filled);
    const { alarms } = await store.status();
    assert.deepEqual(new Set(alarms.map(({ kind }) => kind)), new Set(["no-space"]));
    // Deleting goes on, and is told.
    const { revision } = await store.transact({ compare: [], then: [{ delete: "/full/a" }] });
    await watcher.reached(revision);
    assert.equal(watcher.view.has("/full/a"), false);

    await store.compact(revision);
    await store.defragment();
    await store.disarm();
    assert.deepEqual((await store.status()).alarms, []);
    await watcher.reached((await store.transact(put("/full/again"))).revision);
    assert.equal(watcher.view.get("/full/again"), "");
    assert.equal(watcher.relists, 0);
  });

  /** Overwrites one key until the store is full; the last revision that was written. */
  async function fill(store: EtcdStore): Promise<Revision> {
    let last = 0;
    for (let n = 0; n < 100; n += 1) {
      try {
        last = (await store.transact(put("/full/a", "x".repeat(1_000_000)))).revision;
      } catch (error) {
        assert.ok(error instanceof StoreError && error.code === "no-space", String(error));
        return last;
      }
    }
    return assert.fail("the quota was never used up");
  }
});

const put = (key: string, value = "") => ({ compare: [], then: [{ put: key, value }] });

function watch(test: TestContext, store: EtcdStore, prefix: string): StoreWatcher {
  const watcher = new StoreWatcher(store, prefix);
  test.after(() => watcher.close());
  return watcher;
}

/** Puts a key after the other. Where it does not know what came of one, it reads: so each is put once. */
class Writer {
  readonly written: string[] = [];
  readonly #store: EtcdStore;
  readonly #prefix: string;
  #revision: Revision = 0;

  constructor(store: EtcdStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** Goes on until so many keys are there; the revision of the last. */
  async writeUntil(count: number): Promise<Revision> {
    while (this.written.length < count) {
      const key = `${this.#prefix}${String(this.written.length)}`;
      this.#revision = await this.#write(key);
      this.written.push(key);
    }
    return this.#revision;
  }

  async #write(key: string): Promise<Revision> {
    const giveUpAt = systemClock.monotonic() + 30_000;
    for (;;) {
      try {
        const { ok, revision } = await this.#store.transact({
          compare: [{ key, modRevision: 0 }],
          then: [{ put: key, value: "" }],
        });
        if (ok) return revision;
        // An earlier try, whose outcome was unknown, was made after all.
        return (
          (await this.#store.get(key))?.modRevision ?? assert.fail(`${key} was neither made nor is there`)
        );
      } catch (error) {
        assert.ok(error instanceof StoreError, String(error));
        assert.ok(error.code === "unreachable" || error.code === "ambiguous", error.message);
        assert.ok(systemClock.monotonic() < giveUpAt, error.message);
      }
    }
  }
}

function assertTold(watcher: StoreWatcher, writer: Writer): void {
  const told = watcher.changes.map((change) => (change.type === "put" ? change.item.key : change.key));
  // What was there at the first listing is not told again.
  assert.deepEqual(told, writer.written.slice(writer.written.length - told.length));
  assert.deepEqual([...watcher.view.keys()].toSorted(), writer.written.toSorted());
}

async function failsInTime(
  call: () => Promise<unknown>,
  codes: readonly StoreError["code"][],
): Promise<void> {
  const start = systemClock.monotonic();
  await assert.rejects(call(), (error) => error instanceof StoreError && codes.includes(error.code));
  const tookMs = systemClock.monotonic() - start;
  assert.ok(tookMs < members * requestTimeoutMs + slackMs, `it took ${String(tookMs)} ms`);
}
