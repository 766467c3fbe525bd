/** A leader whose own host falls silent: its heartbeat is gone, and the leader itself goes on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LeaveToOthers } from "../../../../reconciler/control/fence/leave-to-others.ts";
import { Scene } from "../../../support/cluster/scene.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { node, vm } from "../../../support/plan/model-cluster.ts";

describe("stepping down for another leader to judge", () => {
  it("is done once for an incident, and again after five minutes", async () => {
    const clock = new FakeClock();
    const left = new LeaveToOthers(clock);
    assert.deepEqual([left.mayNow("5"), left.mayNow("5"), left.mayNow("6")], [true, false, true]);
    await clock.advance(300_000);
    assert.equal(left.mayNow("5"), true);
  });
});

async function leaderOnItsNode(): Promise<Scene> {
  const scene = new Scene();
  for (const name of ["hv1", "hv2", "hv3"]) scene.put(node(name, { bmc: { agent: "simulated" } }));
  scene.put(vm("web", { node: "hv1", memory: "1GiB" }));
  scene.cluster.startReconciler("r1", "hv1");
  await scene.advance(1_000);
  await scene.apply();
  await scene.advance(5_000);
  assert.equal(scene.cluster.feed.state.leader?.id, "r1");
  return scene;
}

describe("a leader on a node that is lost", () => {
  it("does not fence its own host; another one leads, and does", async () => {
    const scene = await leaderOnItsNode();
    scene.cluster.startReconciler("r2", "hv2");
    await scene.advance(1_000);
    scene.cluster.kill("heartbeat/hv1");
    await scene.advance(90_000);
    assert.equal(scene.cluster.feed.state.leader?.id, "r2");
    assert.deepEqual(scene.story("web").slice(0, 2), ["start hv1", "stop hv1"]);
    assert.equal(scene.vm("web").state, "running");
    assert.notEqual(scene.vm("web").node, "hv1");
    await scene.end();
  });

  it("goes on to lead where there is no other, and leaves its host alone", async () => {
    const scene = await leaderOnItsNode();
    scene.cluster.kill("heartbeat/hv1");
    await scene.advance(600_000);
    const { fences, leader } = scene.cluster.feed.state;
    const record = fences.get("hv1");
    assert.equal(leader?.id, "r1");
    assert.ok(record?.phase === "lost" || record?.phase === "suspect", record?.phase);
    assert.deepEqual(scene.story("web"), ["start hv1"]);
    await scene.end();
  });
});
