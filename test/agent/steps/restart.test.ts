import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, restartStep } from "../support/steps.ts";

describe("a restart", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    hv1.machine.start(domainSpec("web"), 3);
    await lab.clock.advance(5_000);
  });
  afterEach(() => lab.close());

  it("shuts the guest down and starts it as a new run", async () => {
    const [before] = hv1.machine.read().domains;
    const step = restartStep("web", "hv1", 4);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    const [after] = hv1.machine.read().domains;
    assert.notEqual(after?.id, before?.id);
    assert.equal(after?.epoch, 4);
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 acpi", "start hv1"]);
  });

  it("cuts a guest that ignores its button at the time-out, then starts it", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    await lab.carryOut(restartStep("web", "hv1", 4, 30_000));
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 cut", "start hv1"]);
  });

  it("starts a guest that is off", async () => {
    hv1.machine.crash("web");
    await lab.carryOut(restartStep("web", "hv1", 4));
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 crash", "start hv1"]);
  });

  it("is done without acting where the new run is there", async () => {
    const step = restartStep("web", "hv1", 3);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("leaves a later run alone", async () => {
    const step = restartStep("web", "hv1", 2);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "failed");
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("that is cancelled during its wait leaves the guest running", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = restartStep("web", "hv1", 4);
    await lab.release(step);
    await lab.clock.advance(5_000);
    await lab.cancel(step);
    await lab.untilEnded(step);
    assert.equal((await lab.progress(step))?.phase, "cancelled");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("that is cancelled when the new run is there is done", async () => {
    const step = restartStep("web", "hv1", 4);
    await lab.release(step);
    await lab.until(() => lab.story("web").length === 3, "it starts again");
    await lab.cancel(step);
    await lab.untilEnded(step);
    assert.equal((await lab.progress(step))?.phase, "done");
  });

  it("makes one new run, wherever its agent is killed", async () => {
    const step = restartStep("web", "hv1", 4);
    const points = await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      downMs: 300,
      prepare: async (crashLab) => {
        crashLab.find("hv1").machine.start(domainSpec("web"), 3);
        await crashLab.clock.advance(5_000);
      },
      act: (crashLab) => crashLab.carryOut(step),
      check: async (crashLab) => {
        assert.deepEqual(crashLab.story("web"), ["start hv1", "stop hv1 acpi", "start hv1"]);
        assert.equal((await crashLab.progress(step))?.phase, "done");
      },
    });
    assert.ok(points > 15, `${points} points`);
  });
});
