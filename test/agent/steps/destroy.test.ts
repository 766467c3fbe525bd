import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../../agent/hypervisor/hypervisor.ts";
import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { destroyStep, domainSpec, volume } from "../support/steps.ts";

describe("a destroy", () => {
  const disks = [volume("root", false), volume("data", false)];
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    for (const name of ["root", "data", "other"]) lab.network.volumes.add("vms", name);
  });
  afterEach(() => lab.close());

  const left = (from = lab) =>
    ["root", "data", "other"].filter((name) => from.network.volumes.has("vms", name));

  it("removes the named disks, and no other", async () => {
    const step = destroyStep("web", "hv1", 1, disks);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(left(), ["other"]);
  });

  it("is done where there is nothing to remove", async () => {
    const step = destroyStep("web", "hv1", 1, []);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(left(), ["root", "data", "other"]);
  });

  it("removes nothing while a domain of the VM is there", async () => {
    hv1.machine.start(domainSpec("web"), 1);
    const step = destroyStep("web", "hv1", 1, disks);
    await lab.carryOut(step);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "failed" && progress.failure === "precondition");
    assert.deepEqual(left(), ["root", "data", "other"]);
  });

  it("removes nothing more once it is cancelled", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["removeVolume"]);
    hv1.startAgent({ broken });
    const step = destroyStep("web", "hv1", 1, disks);
    await lab.release(step);
    await lab.clock.advance(500);
    await lab.cancel(step);
    await lab.clock.advance(0);
    broken.clear();
    await lab.untilEnded(step);
    assert.equal((await lab.progress(step))?.phase, "cancelled");
    assert.deepEqual(left(), ["root", "data", "other"]);
  });

  it("keeps what is left when it is cancelled between two disks", async () => {
    const step = destroyStep("web", "hv1", 1, disks);
    const remove = hv1.machine.removeVolume.bind(hv1.machine);
    const cancelled: Promise<void>[] = [];
    hv1.machine.removeVolume = (disk) => {
      remove(disk);
      cancelled.push(lab.cancel(step));
    };
    await lab.release(step);
    await lab.untilEnded(step);
    await Promise.all(cancelled);
    assert.equal((await lab.progress(step))?.phase, "cancelled");
    assert.deepEqual(left(), ["data", "other"]);
  });

  it("removes nothing without its node's lease, and does as soon as it has one", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    hv1.startAgent({ broken });
    const step = destroyStep("web", "hv1", 1, disks);
    await lab.release(step);
    await lab.untilClaimed(step);
    await hv1.heartbeat?.kill();
    await lab.clock.advance(15_000);
    broken.clear();
    await lab.clock.advance(30_000);
    assert.deepEqual(left(), ["root", "data", "other"]);
    hv1.startHeartbeat();
    await lab.untilEnded(step);
    assert.deepEqual(left(), ["other"]);
  });

  it("says so where a disk cannot be removed", async () => {
    await hv1.agent?.kill();
    hv1.startAgent({ broken: new Set(["removeVolume"]) });
    const step = destroyStep("web", "hv1", 1, disks);
    await lab.carryOut(step);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "failed" && progress.failure === "hypervisor-error");
  });

  it("removes what was named, wherever its agent is killed", async () => {
    const step = destroyStep("web", "hv1", 1, disks);
    await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      prepare: async (crashLab) => {
        for (const name of ["root", "data", "other"]) crashLab.network.volumes.add("vms", name);
      },
      act: (crashLab) => crashLab.carryOut(step),
      check: async (crashLab) => assert.deepEqual(left(crashLab), ["other"]),
    });
  });
});
