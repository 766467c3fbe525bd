import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Counters } from "../../../reconciler/api/counters.ts";
import { FollowedStore } from "../../support/followed-store.ts";

const incident = { id: "7", machineId: "m", bootId: "b", since: 0 };

/** A store in which nodes are fenced. */
async function opened() {
  const followed = await FollowedStore.open();
  const { clock, feed, keys } = followed;
  const counters = new Counters(feed);
  const become = async (node: string, phase: string, more: object = {}) => {
    await followed.put(keys.fence(node), { node, history: [], quarantine: null, phase, incident, ...more });
  };
  return {
    become,
    counted: () =>
      counters.counts().fenceAttempts.map(({ labels, count }) => [labels["node"], labels["outcome"], count]),
    restless: async () => {
      feed.relist();
      await clock.advance(2_000);
    },
    [Symbol.asyncDispose]: () => followed[Symbol.asyncDispose](),
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
