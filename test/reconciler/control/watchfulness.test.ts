import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Watchfulness } from "../../../reconciler/control/watchfulness.ts";
import { readNodes } from "../../../reconciler/plan/node-facts.ts";
import { ModelCluster, node } from "../../support/plan/model-cluster.ts";

const openAfterMs = 10_000;

function looking(cluster: ModelCluster, watchfulness: Watchfulness, at: number) {
  return watchfulness.look(readNodes(cluster.input()).values(), at);
}

describe("the leader's own sight", () => {
  it("lets selectors choose as soon as every agent was seen", () => {
    const cluster = new ModelCluster([node("hv1"), node("hv2")]);
    cluster.agentDown.add("hv2");
    const watchfulness = new Watchfulness(0, openAfterMs);
    assert.equal(looking(cluster, watchfulness, 100).selectorsOpen, false);
    cluster.agentDown.clear();
    assert.equal(looking(cluster, watchfulness, 200).selectorsOpen, true);
    cluster.agentDown.add("hv2");
    assert.equal(looking(cluster, watchfulness, 300).selectorsOpen, true);
  });

  it("lets selectors choose after one lease, whoever is missing, and says when to look again", () => {
    const cluster = new ModelCluster([node("hv1"), node("hv2")]);
    cluster.silent.add("hv2");
    const watchfulness = new Watchfulness(0, openAfterMs);
    assert.equal(looking(cluster, watchfulness, 4_000).changesInMs, 6_000);
    assert.equal(looking(cluster, watchfulness, openAfterMs).selectorsOpen, true);
  });

  it("holds a silence for fresh for a minute from its own first sight of it, and anew after the node was back", () => {
    const cluster = new ModelCluster([node("hv1"), node("hv2")]);
    const watchfulness = new Watchfulness(0, 0);
    looking(cluster, watchfulness, 0);
    cluster.silent.add("hv2");
    assert.deepEqual([...looking(cluster, watchfulness, 100_000).unsettled], ["hv2"]);
    assert.deepEqual([...looking(cluster, watchfulness, 160_000).unsettled], []);
    cluster.silent.clear();
    looking(cluster, watchfulness, 170_000);
    cluster.silent.add("hv2");
    assert.deepEqual([...looking(cluster, watchfulness, 180_000).unsettled], ["hv2"]);
  });
});
