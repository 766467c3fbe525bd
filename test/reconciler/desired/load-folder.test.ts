import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";

import { loadFolder } from "../../../reconciler/desired/load-folder.ts";
import { repositoryRoot } from "../../support/root.ts";

const loadExample = (simulated: boolean) =>
  loadFolder(join(repositoryRoot, "cluster.d"), { host: "box", simulated });

describe("the example cluster", () => {
  it("loads without a single issue", async () => {
    const result = await loadExample(true);
    assert.ok(result.ok);
    assert.deepEqual(result.warnings, []);
  });

  it("shows what there is to show", async () => {
    const result = await loadExample(true);
    assert.ok(result.ok);
    const { cluster, nodes, vms, pools } = result.desired;
    const all = [...vms.values()];
    assert.equal(cluster.name, "lab");
    assert.deepEqual([...nodes.keys()], ["hv1", "hv2", "hv3"]);
    assert.equal(pools.get("default")?.shared, true);
    assert.ok(all.some((vm) => vm.limits !== null));
    assert.ok(all.some((vm) => vm.apart.length > 0));
    assert.ok(all.some((vm) => !vm.autorestart));
    assert.equal(new Set(all.map((vm) => vm.selector)).size, 5, "four selectors, and the cluster's");
    assert.deepEqual([...new Set(all.map((vm) => vm.priority))].sort(), ["high", "low", "normal"]);
  });

  it("fits on two of its nodes, so that one may be lost", async () => {
    const result = await loadExample(true);
    assert.ok(result.ok);
    const wanted = [...result.desired.vms.values()].filter((vm) => vm.state === "running");
    const bytes = wanted.reduce((sum, vm) => sum + vm.memoryBytes, 0);
    assert.ok(bytes <= 2 * 16 * 2 ** 30 * 0.95);
  });

  it("is refused where nodes are real: a simulated power device proves nothing there", async () => {
    const result = await loadExample(false);
    assert.ok(!result.ok);
    assert.deepEqual([...new Set(result.issues.map((issue) => issue.code))], ["bmc.simulated"]);
  });
});
