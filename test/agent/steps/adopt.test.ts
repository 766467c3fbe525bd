import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { adoptStep, domainSpec, gibibyte, uuidOf } from "../support/steps.ts";

const theirs = { name: "Web_1", memoryBytes: gibibyte, running: true, uuid: uuidOf("web") };

describe("an adoption", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    const off = { name: "db", memoryBytes: gibibyte, running: false, uuid: uuidOf("db") };
    hv1 = await lab.node("hv1", { hardware: { unmanaged: [theirs, off] } });
    await lab.clock.advance(1_000);
  });
  afterEach(() => lab.close());

  const shown = () => hv1.machine.read().domains.map(({ vm, epoch, state }) => `${vm} ${epoch} ${state}`);

  it("makes a running domain that was nobody's the VM's", async () => {
    const step = adoptStep("web", "hv1", 1);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(shown(), ["web 1 running"]);
    assert.deepEqual(
      hv1.machine.read().unmanaged.map(({ name }) => name),
      ["db"],
    );
    assert.equal((await lab.record("hv1", "web"))?.state, "running");
  });

  it("takes over nothing that does not run, has another UUID, or is somebody's already", async () => {
    for (const step of [
      adoptStep("db", "hv1", 1),
      adoptStep("web", "hv1", 1, { ...domainSpec("web"), uuid: uuidOf("other") }),
    ]) {
      await lab.carryOut(step);
      const progress = await lab.progress(step);
      assert.ok(progress?.phase === "failed" && progress.failure === "precondition");
    }
    assert.deepEqual(shown(), []);
  });

  it("has its effect once, wherever its agent is killed", async () => {
    const step = adoptStep("web", "hv1", 1);
    await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      hardware: { unmanaged: [theirs] },
      prepare: (crashLab) => crashLab.clock.advance(1_000),
      act: (crashLab) => crashLab.carryOut(step),
      check: async (crashLab) => {
        const { domains, unmanaged } = crashLab.find("hv1").machine.read();
        assert.deepEqual([domains.map(({ epoch }) => epoch), unmanaged], [[1], []]);
      },
    });
  });
});
