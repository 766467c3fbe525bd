import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { holdSource, type SourceClaim, sourceLeaseMs } from "../../../reconciler/control/source-lease.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { SourceReport } from "../../../reconciler/model/report.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");

function bench() {
  const clock = new FakeClock();
  const core = new StoreCore({ clock });
  const ending = new AbortController();
  const watcher = (given: Partial<SourceClaim> = {}) => {
    const store = new MemoryStore({ core, clock });
    const claim = {
      store,
      keys,
      clock,
      log: silentLog,
      id: "r1",
      host: "hv1",
      directory: "/etc/keel/cluster.d",
    };
    return { store, hold: () => outcome(holdSource({ ...claim, ...given }, ending.signal)) };
  };
  return { clock, ending, watcher, store: new MemoryStore({ core, clock }) };
}

/** What has become of it so far. */
function outcome<T>(promise: Promise<T>): { held: T | null; error: unknown } {
  const so: { held: T | null; error: unknown } = { held: null, error: null };
  promise.then(
    (held) => (so.held = held),
    (error: unknown) => (so.error = error),
  );
  return so;
}

function codeOf(error: unknown): string | null {
  return error instanceof KeelError ? error.code : null;
}

describe("the source's lease", () => {
  it("is one for the cluster, and says who holds it", async () => {
    const { clock, watcher, store } = bench();
    const first = watcher().hold();
    await clock.advance(0);
    assert.notEqual(first.held, null);
    const item = await store.get(keys.source);
    assert.ok(item);
    const { id, host, directory, status } = decode<SourceReport>(item);
    assert.deepEqual([id, host, directory, status], ["r1", "hv1", "/etc/keel/cluster.d", "reading"]);
  });

  it("is refused to another folder, and to another machine, at once", async () => {
    const { clock, watcher } = bench();
    watcher().hold();
    await clock.advance(0);
    for (const other of [{ directory: "/root/cluster.d" }, { host: "hv2" }]) {
      const second = watcher({ id: "r2", ...other }).hold();
      await clock.advance(0);
      assert.equal(codeOf(second.error), "source-taken");
      assert.match(String(second.error), /r1 on hv1 watches \/etc\/keel\/cluster\.d already/);
    }
  });

  it("is taken over by the same folder's next life, once the killed one's has run out", async () => {
    const { clock, watcher } = bench();
    const killed = watcher();
    killed.hold();
    await clock.advance(0);
    await killed.store.close();
    const next = watcher({ id: "r2" }).hold();
    await clock.advance(sourceLeaseMs / 2);
    assert.deepEqual(next, { held: null, error: null });
    await clock.advance(sourceLeaseMs);
    assert.notEqual(next.held, null);
  });

  it("is taken over at once where it was given back", async () => {
    const { clock, watcher } = bench();
    const first = watcher().hold();
    await clock.advance(0);
    const next = watcher({ id: "r2" }).hold();
    await clock.advance(1_000);
    await first.held?.lease.revoke();
    await clock.advance(0);
    assert.notEqual(next.held, null);
  });

  it("is refused to a second process of the same folder while the first goes on, after one and a half leases", async () => {
    const { clock, watcher } = bench();
    watcher().hold();
    await clock.advance(0);
    const second = watcher({ id: "r2" }).hold();
    await clock.advance(1.4 * sourceLeaseMs);
    assert.deepEqual(second, { held: null, error: null });
    await clock.advance(0.2 * sourceLeaseMs);
    assert.equal(codeOf(second.error), "source-taken");
  });

  it("guards what its holder writes: another holder's is another", async () => {
    const { clock, watcher, store } = bench();
    const killed = watcher();
    const first = killed.hold();
    await clock.advance(0);
    await killed.store.close();
    watcher({ id: "r2" }).hold();
    await clock.advance(2 * sourceLeaseMs);
    assert.ok(first.held);
    const late = { compare: [first.held.guard], then: [{ put: keys.head, value: "late" }] };
    assert.equal((await store.transact(late)).ok, false);
  });

  it("is waited for no longer than anybody wants it", async () => {
    const { clock, watcher, ending } = bench();
    watcher().hold();
    await clock.advance(0);
    const second = watcher({ id: "r2" }).hold();
    await clock.advance(1_000);
    ending.abort();
    await clock.advance(1);
    assert.notEqual(second.error, null);
    assert.equal(codeOf(second.error), null);
  });
});
