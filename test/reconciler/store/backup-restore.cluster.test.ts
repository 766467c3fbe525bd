import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backupOf } from "../../../reconciler/store/backup.ts";
import { clearRestore, restoreBackup } from "../../../reconciler/store/backup-restore.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import { RestorableCluster } from "../../support/cluster/restorable-cluster.ts";
import { vm } from "../../support/plan/model-cluster.ts";

const nodes = ["hv1", "hv2"];

/** A backup was taken while web ran on hv1; since then it has moved, and all but the guests was ended. */
async function lostStore() {
  const cluster = new RestorableCluster(nodes);
  const { clock, keys, vault } = cluster;
  const store = vault.client();
  await clock.advance(1_000);
  await cluster.apply(vm("web", { node: "hv1" }), vm("db", { node: "hv2" }));
  await clock.advance(30_000);
  const origin = { cluster: "lab", root: keys.root, counter: 0, at: clock.now() };
  const backup = backupOf(await store.list(keys.root), origin);
  await cluster.apply(vm("web", { node: "hv2" }));
  await clock.advance(30_000);
  assert.equal(cluster.runningAt("web"), "hv2", cluster.story.join());
  cluster.kill("reconciler of r1");
  for (const node of nodes) {
    cluster.kill(`agent of ${node}`);
    cluster.kill(`heartbeat of ${node}`);
  }
  await clock.advance(30_000);
  vault.restore(new StoreCore({ clock }).capture(), "2");
  return { cluster, store, backup, who: { by: "root", now: clock.now() } };
}

function startAll(cluster: RestorableCluster): void {
  for (const node of nodes) {
    cluster.startHeartbeat(node);
    cluster.startAgent(node);
  }
  cluster.startReconciler("r2");
}

describe("a cluster whose store was restored from a backup", () => {
  it("begins nothing until it is accepted, then goes on from what runs", async () => {
    const { cluster, store, backup, who } = await lostStore();
    const told = cluster.story.length;
    await restoreBackup(backup, { store, keys: cluster.keys, ...who });
    startAll(cluster);
    await cluster.clock.advance(120_000);
    assert.deepEqual(cluster.story.slice(told), []);
    const review = await cluster.review();
    assert.match(review?.freeze.why ?? "", /^restored from a backup of lab/);
    assert.deepEqual(review?.problems, []);
    assert.deepEqual(review?.differences, ["web runs on hv2; in the restored store it is on hv1"]);
    await cluster.accept();
    await cluster.clock.advance(60_000);
    assert.deepEqual(cluster.story.slice(told), [
      "migrate-begin web hv2",
      "migrate-end web hv2",
      "resume web hv1",
    ]);
    await cluster.end();
  });

  it("cannot be accepted while the restore is half done", async () => {
    const { cluster, store, backup, who } = await lostStore();
    const { keys } = cluster;
    const told = cluster.story.length;
    await restoreBackup(backup, { store, keys, ...who });
    const marker = { put: keys.restoring, value: '{"v":1,"sha256":"0","by":"root","at":0}' };
    await store.transact({ compare: [], then: [marker, { delete: keys.head }] });
    startAll(cluster);
    await cluster.clock.advance(60_000);
    await assert.rejects(cluster.accept(), /a backup is still being put back/);
    assert.deepEqual(cluster.story.slice(told), []);
    await clearRestore({ store, keys });
    await cluster.end();
  });
});
