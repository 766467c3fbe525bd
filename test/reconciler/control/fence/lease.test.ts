import assert from "node:assert/strict";
import { it } from "node:test";
import { ClusterState } from "../../../../reconciler/control/cluster-state.ts";
import { writeLease } from "../../../../reconciler/control/fence/lease.ts";
import type { LeaseRecord } from "../../../../reconciler/model/lease.ts";
import { decode } from "../../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

it("the lease of the cluster is written down for its heartbeats, once for each edit of it", async () => {
  const keys = clusterKeys("lab");
  const clock = new FakeClock();
  const store = new MemoryStore({ core: new StoreCore({ clock }), clock });
  const state = new ClusterState(keys.root);
  const { applied, desired } = state;
  const { cluster } = desired;
  const writeFor = async (leaseMs: number) => {
    const asked = { ...desired, cluster: { ...cluster, fencing: { ...cluster.fencing, leaseMs } } };
    const written = writeLease({ keys, guard: [] }, { applied, desired: asked, lease: state.lease });
    if (written === null) return "nothing";
    assert.ok((await store.transact(written.transaction)).ok);
    const { items, revision } = await store.list(keys.root);
    state.load(items, revision);
    const [item = assert.fail("no record")] = items;
    return decode<LeaseRecord>(item).ms;
  };
  assert.deepEqual(await writeFor(10_000), 10_000);
  assert.equal(await writeFor(10_000), "nothing");
  assert.deepEqual(await writeFor(30_000), 30_000);
  await store.close();
});
