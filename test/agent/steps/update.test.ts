import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, gibibyte, hardware, updateStep } from "../support/steps.ts";

describe("an update", () => {
  const wanted = hardware({ memoryBytes: 2 * gibibyte, cpus: 2 });
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    hv1.machine.start(domainSpec("web"), 1);
    await lab.clock.advance(1_000);
  });
  afterEach(() => lab.close());

  const failureOf = async (step: ReturnType<typeof updateStep>) => {
    const progress = await lab.progress(step);
    return progress?.phase === "failed" ? progress.failure : progress?.phase;
  };
  const domain = () => hv1.machine.read().domains[0];

  it("changes the named fields of the running domain, and no others", async () => {
    const step = updateStep("web", "hv1", 1, wanted, ["memory"]);
    await lab.carryOut(step);
    assert.equal(await failureOf(step), "done");
    assert.deepEqual([domain()?.live.memoryBytes, domain()?.live.cpus], [2 * gibibyte, 1]);
    const record = await lab.record("hv1", "web");
    assert.ok(record !== null && record.state !== "off");
    assert.equal(record.applied.memoryBytes, 2 * gibibyte);
  });

  it("takes back what was changed by hand", async () => {
    hv1.machine.alter("web", { cpus: 2 });
    await lab.carryOut(updateStep("web", "hv1", 1, hardware({ cpus: 1 }), ["cpus"]));
    assert.equal(domain()?.live.cpus, 1);
  });

  it("makes its own what was changed by hand to the same", async () => {
    hv1.machine.alter("web", { cpus: 2 });
    await lab.carryOut(updateStep("web", "hv1", 1, wanted, ["cpus"]));
    assert.equal(domain()?.applied.cpus, 2);
  });

  it("fails where the domain is gone, or is a newer run", async () => {
    const stale = updateStep("web", "hv1", 0, wanted, ["cpus"]);
    await lab.carryOut(stale);
    assert.equal(await failureOf(stale), "precondition");
    hv1.machine.cut("web");
    const gone = updateStep("web", "hv1", 1, wanted, ["cpus"]);
    await lab.carryOut(gone);
    assert.equal(await failureOf(gone), "precondition");
  });

  it("says what the hypervisor has against it", async () => {
    const step = updateStep("web", "hv1", 1, hardware({ memoryBytes: 8 * gibibyte }), ["memory"]);
    await lab.carryOut(step);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "failed" && progress.failure === "hypervisor-error");
    assert.match(progress.detail, /less room to grow/);
    assert.equal(domain()?.live.memoryBytes, gibibyte);
  });

  it("has its effect, wherever its agent is killed", async () => {
    const step = updateStep("web", "hv1", 1, wanted, ["memory", "cpus"]);
    await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      prepare: async (crashLab) => {
        crashLab.find("hv1").machine.start(domainSpec("web"), 1);
        await crashLab.clock.advance(1_000);
      },
      act: (crashLab) => crashLab.carryOut(step),
      check: async (crashLab) => {
        const [changed] = crashLab.find("hv1").machine.read().domains;
        assert.deepEqual([changed?.live.memoryBytes, changed?.applied.cpus], [2 * gibibyte, 2]);
      },
    });
  });
});
