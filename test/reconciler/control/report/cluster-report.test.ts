import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Scene } from "../../../support/cluster/scene.ts";
import { vm } from "../../../support/plan/model-cluster.ts";

const gibibyte = 2 ** 30;

describe("the memory of a node's guests", () => {
  it("has a VM once, from when it is started on", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web", { memory: "4GiB" }));
    const told: number[] = [];
    for (let looks = 0; looks < 400; looks++) {
      await scene.advance(10);
      const { memoryGuestBytes } = scene.report().nodes[0] ?? {};
      if (memoryGuestBytes !== undefined && memoryGuestBytes !== told.at(-1)) told.push(memoryGuestBytes);
    }
    assert.equal(scene.vm("web").state, "running");
    assert.deepEqual(told, [4 * gibibyte]);
    await scene.end();
  });
});
