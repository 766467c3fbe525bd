import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counters } from "../../../reconciler/api/counters.ts";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { encode } from "../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const keys = clusterKeys("lab");
const incident = { id: "7", machineId: "m", bootId: "b", since: 0 };

/** A store in which nodes are fenced. */
async function opened() {
  const clock = new FakeClock();
  const store = new MemoryStore({ core: new StoreCore({ clock }), clock });
  const feed = new ClusterFeed({ store, root: keys.root, clock, log: silentLog });
  const ending = new AbortController();
  const running = feed.run(ending.signal);
  const counters = new Counters(feed);
  const become = async (node: string, phase: string, more: object = {}) => {
    const record = { node, history: [], quarantine: null, phase, incident, ...more };
    await store.transact({ compare: [], then: [{ put: keys.fence(node), value: encode(record) }] });
    await clock.advance(0);
  };
  await clock.advance(0);
  return {
    feed,
    become,
    counted: () =>
      counters.counts().fenceAttempts.map(({ labels, count }) => [labels["node"], labels["outcome"], count]),
    restless: async () => {
      feed.relist();
      await clock.advance(2_000);
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
    },
  };
}

describe("Counters", () => {
  it("count a round of fencing once it is over, by what came of it", async () => {
    await using ground = await opened();
    const { become, counted } = ground;
    await become("hv1", "lost", { why: null });
    await become("hv1", "cutting", { round: 1, at: 0, term: 1 });
    assert.deepEqual(counted(), []);
    await become("hv1", "failed", { round: 1, at: 0, why: { code: "fence-failed", parameters: {} } });
    await become("hv1", "cutting", { round: 2, at: 0, term: 1 });
    await become("hv1", "proven", { proof: { by: "bmc", at: 0, devices: [] }, vms: [], powerOn: "no" });
    await become("hv1", "recovering", { proof: { by: "bmc", at: 0, devices: [] }, vms: [], powerOn: "no" });
    await become("hv2", "cutting", { round: 1, at: 0, term: 1 });
    await become("hv2", "closed");
    assert.deepEqual(counted(), [
      ["hv1", "failed", 1],
      ["hv1", "proven", 1],
      ["hv2", "given-way", 1],
    ]);
  });

  it("count no person's word as a round, and nothing twice that is listed anew", async () => {
    await using ground = await opened();
    const { become, counted, restless } = ground;
    await become("hv1", "lost", { why: null });
    await become("hv1", "done", { proof: { by: "human", at: 0, who: "ann" }, vms: [], powerOn: "no" });
    await become("hv2", "cutting", { round: 1, at: 0, term: 1 });
    await become("hv2", "failed", { round: 1, at: 0, why: { code: "fence-failed", parameters: {} } });
    await restless();
    assert.deepEqual(counted(), [["hv2", "failed", 1]]);
  });
});
