import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RestorableCluster } from "../../support/cluster/restorable-cluster.ts";
import { vm } from "../../support/plan/model-cluster.ts";

const nodes = ["hv1", "hv2"];

/** web was started on hv1 and moved to hv2; `then` is the store at the moment when its start was asked for. */
async function movedSince() {
  const cluster = new RestorableCluster(nodes);
  await cluster.clock.advance(1_000);
  const then = cluster.captureAt(cluster.keys.step("hv1", ""));
  await cluster.apply(vm("web", { node: "hv1" }), vm("db", { node: "hv2" }));
  await cluster.clock.advance(5_000);
  await cluster.apply(vm("web", { node: "hv2" }));
  await cluster.clock.advance(30_000);
  assert.equal(cluster.runningAt("web"), "hv2", cluster.story.join());
  return { cluster, then: then() };
}

describe("a store that was set back", () => {
  for (const storeId of ["1", "2"]) {
    it(`is frozen: an old step is never carried out (store id ${storeId})`, async () => {
      const { cluster, then } = await movedSince();
      const told = cluster.story.length;
      cluster.vault.restore(then, storeId);
      await cluster.clock.advance(60_000);
      const { store, steps } = await cluster.state();
      assert.match(
        store.record.frozen?.why ?? "",
        storeId === "1" ? /at revision \d+, and \d+ was seen/ : /store 2, and 1/,
      );
      assert.equal(steps.byVm().get("web")?.progress.size, 0, "nobody claimed it");
      assert.deepEqual(cluster.story.slice(told), []);
      await cluster.end();
    });
  }

  it("goes on from what is seen, once it is accepted: nothing runs twice, nothing is restarted", async () => {
    const { cluster, then } = await movedSince();
    cluster.vault.restore(then);
    await cluster.clock.advance(30_000);
    const told = cluster.story.length;
    const review = await cluster.review();
    assert.deepEqual(review?.problems, []);
    assert.deepEqual(review?.differences, ["web runs on hv2; in the restored store it is on hv1"]);
    await cluster.accept();
    await cluster.clock.advance(60_000);
    // The files of then want it on hv1: it is brought there alive.
    assert.deepEqual(cluster.story.slice(told), [
      "migrate-begin web hv2",
      "migrate-end web hv2",
      "resume web hv1",
    ]);
    const state = await cluster.state();
    assert.deepEqual([state.store.record.counter, state.store.record.frozen], [1, null]);
    assert.equal(state.steps.byVm().size, 0);
    assert.equal(state.placements.get("web")?.placement.node, "hv1");
    await cluster.end();
  });

  it("is believed again after that, and frozen again when it is set back once more", async () => {
    const { cluster, then } = await movedSince();
    for (const counter of [1, 2]) {
      cluster.vault.restore(then);
      await cluster.clock.advance(30_000);
      assert.notEqual(await cluster.review(), null);
      await cluster.accept();
      await cluster.clock.advance(60_000);
      const { store } = await cluster.state();
      assert.deepEqual([store.record.counter, store.record.frozen], [counter, null]);
      assert.equal(cluster.runningAt("web"), "hv1");
    }
    await cluster.apply(vm("new"));
    await cluster.clock.advance(10_000);
    assert.notEqual(cluster.runningAt("new"), null);
    await cluster.end();
  });

  it("begins nothing for an agent whose claim was under way, whether others have frozen it or not", async () => {
    for (const othersFirst of [true, false]) {
      const cluster = new RestorableCluster(nodes);
      await cluster.clock.advance(4_000);
      const then = cluster.captureAt(cluster.keys.step("hv1", ""));
      await cluster.apply(vm("web", { node: "hv1" }));
      const agent = cluster.agents.get("hv1");
      assert.ok(agent);
      const release = agent.hold();
      await cluster.clock.advance(5_000);
      assert.equal(cluster.runningAt("web"), null);
      await cluster.apply(vm("later", { state: "stopped" }));
      await cluster.clock.advance(2_000);
      if (!othersFirst) for (const part of ["reconciler of r1", "agent of hv2"]) cluster.kill(part);
      cluster.vault.restore(then());
      await cluster.clock.advance(othersFirst ? 5_000 : 0);
      release();
      await cluster.clock.advance(20_000);
      assert.equal(cluster.runningAt("web"), null);
      await cluster.end();
    }
  });

  it("keeps a process from beginning that was off when the others froze it, or was first to come back", async () => {
    const { cluster, then } = await movedSince();
    for (const part of ["reconciler of r1", "agent of hv1", "agent of hv2"]) cluster.kill(part);
    await cluster.clock.advance(20_000);
    cluster.vault.restore(then);
    const told = cluster.story.length;
    cluster.startAgent("hv1");
    await cluster.clock.advance(20_000);
    assert.deepEqual(cluster.story.slice(told), []);
    assert.match(
      (await cluster.review())?.problems.join("; ") ?? "",
      /node hv2 is alive, and its agent has not/,
    );
    await assert.rejects(cluster.accept(), /was refused: node hv2/);
    cluster.startAgent("hv2");
    cluster.startReconciler("r2");
    await cluster.clock.advance(20_000);
    assert.deepEqual((await cluster.review())?.problems, []);
    await cluster.end();
  });

  it("is accepted without a node that somebody vouches for: its VMs start again, above all epochs", async () => {
    const { cluster, then } = await movedSince();
    cluster.powerOff("hv2");
    cluster.vault.restore(then);
    await cluster.clock.advance(5_000);
    const dead = new Set(["hv2"]);
    assert.match(
      (await cluster.review({ dead }))?.problems.join() ?? "",
      /hv2 is said to be dead, and shows life/,
    );
    await cluster.clock.advance(20_000);
    assert.match((await cluster.review())?.problems.join() ?? "", /hv2 is not alive/);
    await cluster.accept({ dead });
    await cluster.clock.advance(20_000);
    assert.equal(cluster.runningAt("web"), "hv1");
    const { placements } = await cluster.state();
    assert.ok((placements.get("web")?.placement.epoch ?? 0) > 2, "the lost ones were 1 and 2");
    await cluster.end();
  });

  it("asks about a running VM that it does not know: it may be one of its own under a later name", async () => {
    const cluster = new RestorableCluster(["hv1"]);
    await cluster.clock.advance(1_000);
    await cluster.apply(vm("web"));
    await cluster.clock.advance(10_000);
    const then = cluster.vault.core.capture();
    await cluster.apply(vm("extra"));
    await cluster.clock.advance(10_000);
    cluster.vault.restore(then);
    await cluster.clock.advance(20_000);
    assert.match((await cluster.review())?.problems.join() ?? "", /extra runs on hv1, .*was a VM renamed/);
    await cluster.accept({ unknown: new Set(["extra"]) });
    await cluster.clock.advance(10_000);
    assert.equal(cluster.runningAt("extra"), "hv1", "an orphan is left alone");
    await cluster.end();
  });
});
