import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isWorthFencing } from "../../../reconciler/plan/worth-fencing.ts";
import { ModelCluster, node, vm, vmId } from "../../support/plan/model-cluster.ts";

/** `web` was recovered on hv2 in its second epoch; hv1, of which a person was wrong, has its first run still. */
function withCopy(documents = [node("hv1"), node("hv2"), vm("web", { node: "hv1" })]): ModelCluster {
  const cluster = new ModelCluster(documents);
  cluster.running("web", "hv1");
  const copy = cluster.domain("web");
  cluster.running("web", "hv2", { epoch: 2, displaced: "fence" });
  cluster.domains.set("hv2", new Map([["web", { ...copy, epoch: 2 }]]));
  const incident = { id: "1", machineId: "hv1", bootId: "boot-hv1", since: 0 };
  const proof = { by: "human", at: 0, who: "ann" } as const;
  const quarantine = { incident, proof };
  cluster.fences.set("hv1", { node: "hv1", history: [0], quarantine, phase: "closed" });
  return cluster;
}

describe("the older copy of a VM, on a node that was not dead", () => {
  it("is cut, and the VM goes on where it is", () => {
    const cluster = withCopy();
    assert.deepEqual(cluster.converge(), ["stop web"]);
    assert.deepEqual(cluster.whereabouts("web"), ["hv2"]);
    assert.equal(cluster.plan().vms.get("web")?.state, "running");
  });

  it("is cut though the VM has no document any more, which runs on", () => {
    const cluster = withCopy().remove(vmId("web"));
    assert.deepEqual(cluster.converge(), ["stop web"]);
    assert.deepEqual(cluster.whereabouts("web"), ["hv2"]);
    assert.equal(cluster.plan().vms.get("web")?.state, "orphaned");
  });

  it("is told of and left alone where its node has come back as it should", () => {
    const cluster = withCopy().remove(vmId("web"));
    cluster.fences.clear();
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.reason.code, "duplicate");
  });

  it("is cut though the VM goes by another name by now", () => {
    const cluster = withCopy().remove(vmId("web"));
    cluster.put(vm("shop", { node: "hv1", renamedFrom: "web" }));
    cluster.domains.set("hv2", new Map([["shop", { ...cluster.domain("web"), vm: "shop" }]]));
    const placed = cluster.placements.get("web");
    assert.ok(placed);
    cluster.placements.delete("web");
    cluster.placements.set("shop", placed);
    assert.deepEqual(cluster.converge(), ["stop web"]);
    assert.deepEqual([cluster.whereabouts("web"), cluster.whereabouts("shop")], [[], ["hv2"]]);
  });

  it("is known by its UUID, and cut as what the VM is called by now", () => {
    const cluster = withCopy();
    const copy = cluster.domains.get("hv1")?.get("web");
    const placed = cluster.placements.get("web");
    assert.ok(copy !== undefined && copy.state !== "off" && placed);
    cluster.remove(vmId("web")).put(vm("shop", { node: "hv1", renamedFrom: "web" }));
    cluster.domains.set("hv2", new Map([["shop", { ...cluster.domain("web"), vm: "shop" }]]));
    cluster.placements.delete("web");
    cluster.placements.set("shop", placed);
    cluster.plan();
    const uuid = cluster.identities.get("shop")?.uuid ?? "";
    cluster.domains.set("hv1", new Map([["web", { ...copy, uuid }]]));
    assert.equal(cluster.plan().vms.get("shop")?.reason.code, "duplicate");
    assert.equal(cluster.plan().vms.has("web"), false);
    assert.deepEqual(cluster.converge(), ["stop shop"]);
    assert.deepEqual([cluster.whereabouts("web"), cluster.whereabouts("shop")], [[], ["hv2"]]);
  });

  it("is cut though the VM was destroyed, and never taken for the next one of its name", () => {
    for (const state of ["absent", "running"]) {
      const cluster = withCopy().edit(vmId("web"), { state, node: "hv2" });
      cluster.domains.delete("hv2");
      cluster.placements.delete("web");
      const done = cluster.converge();
      assert.deepEqual(done, state === "running" ? ["stop web", "start web"] : ["stop web"]);
      assert.deepEqual(cluster.whereabouts("web"), state === "running" ? ["hv2"] : []);
    }
  });

  it("is why its node is fenced, where that falls silent before it is rid of it", () => {
    const cluster = withCopy();
    cluster.silent.add("hv1");
    const { state, reason } = cluster.plan().nodes.get("hv1") ?? {};
    assert.deepEqual([state, reason?.code], ["suspect", "node-suspect"]);
    assert.equal(isWorthFencing(cluster.input(), "hv1"), true);
    cluster.domains.delete("hv1");
    assert.equal(isWorthFencing(cluster.input(), "hv1"), false);
  });
});
