import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { commitProposal } from "../../../reconciler/control/commit.ts";
import { propose } from "../../../reconciler/control/propose.ts";
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { sharedPool, vm, vmId } from "../../support/plan/model-cluster.ts";

function proposalOf(scene: Scene, allowDestroy: number | null = null) {
  const loaded = resolveDocuments(scene.documents, { host: "here", simulated: true });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.issues.map((i) => i.message).join());
  const random = (count: number) => new Uint8Array(count);
  return propose(scene.cluster.feed.state, loaded, {
    now: scene.clock.now(),
    random,
    allowDestroy,
    warnings: [],
  });
}

const who = { by: "ops", now: 0, commit: null, host: "here" };

describe("a proposal", () => {
  it("tells of each object what changes, in what words, with what impact", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1" }), vm("db", { node: "hv2" }));
    await scene.advance(5_000);
    scene.put(vm("web", { node: "hv1", memory: "2GiB" }));
    scene.put(vm("db", { node: "hv3" }));
    scene.put(vm("new", { node: "hv1" }));
    const { report } = proposalOf(scene);
    assert.deepEqual(
      report.changes.map((c) => [c.object, c.word, c.impact, c.target]),
      [
        ["VM/db", "migrate", "migrate", "hv3"],
        ["VM/new", "create", "none", "hv1"],
        ["VM/web", "update", "live", "hv1"],
      ],
    );
    const web = report.changes.find((c) => c.object === "VM/web");
    assert.deepEqual(web?.fields, [{ path: "memory", old: "1GiB", new: "2GiB", effect: "live" }]);
    assert.deepEqual([report.summary.create, report.summary.update, report.summary.migrate], [1, 1, 1]);
    await scene.end();
  });

  it("is empty after it was applied and carried out", async () => {
    const scene = await new Scene().begin(
      sharedPool,
      vm("web", { disk: "1GiB" }),
      vm("off", { state: "stopped" }),
    );
    await scene.advance(5_000);
    const { report, changesIntent } = proposalOf(scene);
    assert.deepEqual(report.changes, []);
    assert.equal(report.hasChanges, false);
    assert.equal(changesIntent, false);
    await scene.end();
  });

  it("orphans a VM whose document is gone and leaves its guest alone", async () => {
    const scene = await new Scene().begin(vm("web"), vm("db"));
    await scene.advance(5_000);
    scene.documents.delete(vmId("web"));
    const { report } = proposalOf(scene);
    assert.deepEqual(
      report.changes.map((c) => [c.object, c.word, c.impact]),
      [["VM/web", "orphan", "none"]],
    );
    await scene.apply();
    await scene.advance(60_000);
    assert.equal(scene.vm("web").state, "orphaned");
    assert.equal(scene.story("web").length, 1);
    await scene.end();
  });

  it("takes --allow-destroy only where it is exactly how many would be destroyed", async () => {
    const scene = await new Scene().begin(vm("a"), vm("b"), vm("c"));
    await scene.advance(5_000);
    for (const name of ["a", "b"]) scene.put(vm(name, { state: "absent" }));
    for (const wrong of [1, 3]) assert.deepEqual(proposalOf(scene, wrong).overBound, ["a", "b"]);
    assert.deepEqual(proposalOf(scene, 2).overBound, []);
    await scene.end();
  });

  it("is something to apply where only the number that may be destroyed is new", async () => {
    const scene = await new Scene().begin(vm("a"), vm("b"), vm("c"));
    await scene.advance(5_000);
    for (const name of ["a", "b"]) scene.put(vm(name, { state: "absent" }));
    await scene.apply();
    await scene.advance(1_000);
    assert.equal(proposalOf(scene).changesIntent, false);
    const proposal = proposalOf(scene, 2);
    assert.equal(proposal.changesIntent, true);
    await commitProposal(scene.cluster.client(), scene.cluster.keys, proposal, who);
    await scene.advance(1_000);
    assert.deepEqual(scene.cluster.feed.state.applied.head?.overBound, []);
    assert.equal(proposalOf(scene, 2).changesIntent, false);
    await scene.end();
  });

  it("keeps the protection of a VM that loses it in the same edit that destroys it", async () => {
    const scene = await new Scene().begin(vm("db", { protect: true }));
    await scene.advance(5_000);
    scene.put(vm("db", { state: "absent" }));
    const { report } = proposalOf(scene);
    assert.equal(report.blocked[0]?.reason.code, "protected");
    await scene.apply();
    await scene.advance(1_000);
    assert.equal(scene.vm("db").reason.code, "protected");
    scene.put(vm("db"));
    await scene.apply();
    await scene.advance(1_000);
    scene.put(vm("db", { state: "absent" }));
    assert.equal(proposalOf(scene).report.blocked[0]?.reason.code, "approval-needed");
    await scene.end();
  });

  it("names the line that asked, and what is drifting", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1" }));
    await scene.advance(5_000);
    scene.cluster.machine("hv1").switchOff("web");
    await scene.advance(10_000);
    const { report } = proposalOf(scene);
    assert.deepEqual(
      report.drift.map((d) => [d.kind, d.object]),
      [["state", "VM/web"]],
    );
    await scene.end();
  });
});

describe("committing a proposal", () => {
  it("is refused, and changes nothing, where somebody else applied meanwhile", async () => {
    const scene = await new Scene().begin(vm("web"));
    await scene.advance(5_000);
    scene.put(vm("late"));
    const stale = proposalOf(scene);
    scene.documents.delete(vmId("late"));
    scene.put(vm("early"));
    await scene.apply();
    const store = scene.cluster.client();
    await assert.rejects(commitProposal(store, scene.cluster.keys, stale, who), (error) => {
      return error instanceof KeelError && error.code === "apply-conflict";
    });
    await scene.advance(5_000);
    assert.deepEqual(
      scene.report().vms.map((v) => v.name),
      ["early", "web"],
    );
    await scene.end();
  });

  it("keeps UUID and MACs of a VM through every edit, and gives them to its new name", async () => {
    const scene = await new Scene().begin(vm("web"));
    await scene.advance(5_000);
    const first = scene.cluster.feed.state.identities.get("web");
    await scene.edit(vmId("web"), { memory: "2GiB", cpus: 4 });
    assert.deepEqual(scene.cluster.feed.state.identities.get("web"), first);
    scene.documents.delete(vmId("web"));
    scene.put(vm("shop", { renamedFrom: "web", memory: "2GiB", cpus: 4 }));
    await scene.apply();
    await scene.advance(5_000);
    assert.equal(scene.cluster.feed.state.identities.get("shop")?.uuid, first?.uuid);
    assert.equal(scene.vm("shop").state, "running");
    assert.deepEqual([scene.story("web"), scene.story("shop")], [["start hv1"], ["relabel hv1"]]);
    await scene.end();
  });

  it("is refused where it revives a VM whose destruction ended meanwhile", async () => {
    const scene = await new Scene().begin(vm("web"));
    await scene.advance(5_000);
    const { cluster } = scene;
    const identity = cluster.feed.state.identities.get("web");
    await scene.edit(vmId("web"), { state: "absent" });
    await cluster.administrator.approve("web", []);
    await scene.advance(1_000);
    scene.put(vm("web"));
    const revival = proposalOf(scene);
    await scene.advance(30_000);
    assert.deepEqual(cluster.feed.state.identities.get("web"), undefined);
    await assert.rejects(commitProposal(cluster.client(), cluster.keys, revival, who), (error) => {
      return error instanceof KeelError && error.code === "apply-conflict";
    });
    await scene.apply();
    await scene.advance(30_000);
    assert.equal(scene.vm("web").state, "running");
    assert.notEqual(cluster.feed.state.identities.get("web")?.uuid, identity?.uuid);
    await scene.end();
  });

  it("is refused where it uses a name that a rename gives up meanwhile, and then makes another VM of it", async () => {
    const scene = await new Scene().begin(vm("web"));
    await scene.advance(5_000);
    const { cluster } = scene;
    const identity = cluster.feed.state.identities.get("web");
    scene.documents.delete(vmId("web"));
    scene.put(vm("shop", { renamedFrom: "web" }));
    await scene.apply();
    scene.put(vm("shop"));
    scene.put(vm("web"));
    const reuse = proposalOf(scene);
    await scene.advance(30_000);
    await assert.rejects(commitProposal(cluster.client(), cluster.keys, reuse, who), (error) => {
      return error instanceof KeelError && error.code === "apply-conflict";
    });
    await scene.apply();
    await scene.advance(30_000);
    assert.deepEqual([scene.vm("shop").state, scene.vm("web").state], ["running", "running"]);
    assert.equal(cluster.feed.state.identities.get("shop")?.uuid, identity?.uuid);
    assert.notEqual(cluster.feed.state.identities.get("web")?.uuid, identity?.uuid);
    await scene.end();
  });

  it("leaves a VM that is wanted again in the middle of its destruction with its identity", async () => {
    const scene = await new Scene().begin(vm("web"));
    await scene.advance(5_000);
    const { cluster } = scene;
    const identity = cluster.feed.state.identities.get("web");
    await scene.edit(vmId("web"), { state: "absent" });
    await cluster.administrator.approve("web", []);
    for (let waited = 0; !cluster.feed.state.released().has("web"); waited += 1) {
      assert.ok(waited < 1_000);
      await scene.advance(10);
    }
    await scene.edit(vmId("web"), { state: "running" });
    await scene.advance(60_000);
    assert.equal(scene.vm("web").state, "running");
    assert.deepEqual(cluster.feed.state.identities.get("web"), identity);
    await scene.end();
  });
});
