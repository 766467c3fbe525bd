import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ModelCluster, node, vm } from "../../support/plan/model-cluster.ts";

const two = [node("hv1"), node("hv2")];

/** A cluster in which a domain with the UUID of `web` runs, and is nobody's. */
function withForeign(on: readonly string[], fields: Readonly<Record<string, unknown>> = {}) {
  const cluster = new ModelCluster([...two, vm("web", fields)]);
  cluster.input();
  const uuid = cluster.identities.get("web")?.uuid ?? "";
  for (const name of on) cluster.machines.set(name, { foreign: { name: "Web_1", uuid } });
  return cluster;
}

const blocked = (cluster: ModelCluster) => cluster.plan().blocked.map(({ reason }) => reason.code);

describe("a domain with a VM's UUID that runs and is nobody's", () => {
  it("is taken over as it runs, and never started a second time", () => {
    const cluster = withForeign(["hv2"]);
    const [planned] = cluster.plan().steps;
    assert.ok(planned?.step.kind === "adopt" && planned.step.node === "hv2" && planned.step.epoch === 1);
    assert.equal(planned.placement.home, "hv2");
    assert.deepEqual(cluster.converge(), ["adopt web"]);
    assert.deepEqual(cluster.plan().drift, []);
  });

  it("is taken over where it runs, and goes home from there", () => {
    const cluster = withForeign(["hv2"], { node: "hv1" });
    assert.deepEqual(cluster.converge(), ["adopt web", "migrate web"]);
    assert.deepEqual(cluster.whereabouts("web"), ["hv1"]);
  });

  it("is left alone where the VM is not wanted running", () => {
    for (const state of ["stopped", "disabled", "poweroff"]) {
      assert.deepEqual(withForeign(["hv2"], { state }).plan().steps, []);
    }
  });

  it("keeps the VM from being started anywhere while it cannot be taken over", () => {
    const twice = withForeign(["hv1", "hv2"]);
    assert.deepEqual([twice.converge(), blocked(twice)], [[], ["runs-outside"]]);
    const silent = withForeign(["hv2"]);
    silent.agentDown.add("hv2");
    assert.deepEqual([silent.converge(), blocked(silent)], [[], ["runs-outside"]]);
  });

  it("has ended with its boot, also where the node has been in another one since and is silent again", () => {
    const cluster = withForeign(["hv2"]);
    cluster.silent.add("hv2");
    assert.deepEqual([cluster.converge(), blocked(cluster)], [[], ["runs-outside"]]);
    cluster.lastBoots.set("hv2", "another");
    assert.deepEqual(cluster.converge(), ["start web"]);
    assert.deepEqual(cluster.whereabouts("web"), ["hv1"]);
  });

  it("is somebody's second copy where the VM has run before: it is neither taken over nor added to", () => {
    const cluster = withForeign([]);
    cluster.running("web", "hv1").ends("web", "crash");
    const uuid = cluster.identities.get("web")?.uuid ?? "";
    cluster.machines.set("hv2", { foreign: { name: "copy", uuid } });
    assert.deepEqual([cluster.converge(), blocked(cluster)], [[], ["runs-outside"]]);
    cluster.machines.delete("hv2");
    cluster.now += 60_000;
    assert.deepEqual(cluster.converge(), ["start web"]);
  });
});
