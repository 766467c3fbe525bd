import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nodesToRun } from "../../../cli/processes/nodes-to-run.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { sharedPool, vm } from "../../support/plan/model-cluster.ts";

describe("nodesToRun", () => {
  it("names the nodes of the desired state, and of those that left it the ones that still own a VM", async () => {
    const scene = await new Scene(["hv1", "hv2", "hv3"]).begin(sharedPool, vm("web1", { node: "hv2" }));
    await scene.advance(20_000);
    scene.put(vm("web1"));
    for (const id of ["Node/hv2", "Node/hv3"] as const) {
      scene.documents.delete(id);
      await scene.apply();
      await scene.advance(0);
    }
    const { state } = scene.cluster.feed;
    const all = new Set(["hv1", "hv2", "hv3"]);
    assert.deepEqual([...nodesToRun(state, all)].sort(), ["hv1", "hv2"]);
    assert.deepEqual(
      [...nodesToRun(state, new Set(["hv1"]))],
      ["hv1"],
      "a node that was never simulated here is not ours",
    );
    await scene.end();
  });
});
