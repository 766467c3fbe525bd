import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, renameStep } from "../support/steps.ts";

describe("a rename", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    await lab.place("web", { node: "hv1", epoch: 2 });
    hv1.machine.start(domainSpec("web"), 2);
    await lab.clock.advance(1_000);
  });
  afterEach(() => lab.close());

  it("keeps the run, and its record goes over to the new name", async () => {
    const [before] = hv1.machine.read().domains;
    const step = renameStep("web", "shop", "hv1", 2);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    const record = await lab.record("hv1", "shop");
    assert.ok(record !== null && record.state === "running");
    assert.equal(record.domainId, before?.id);
    assert.equal(await lab.record("hv1", "web"), null);
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("is done where the domain has the name already", async () => {
    hv1.machine.relabel("web", "shop");
    const step = renameStep("web", "shop", "hv1", 2);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
  });

  it("fails where both names are there, or none, or a newer run", async () => {
    const none = renameStep("ghost", "spirit", "hv1", 2);
    const other = renameStep("web", "shop", "hv1", 1);
    hv1.machine.start(domainSpec("db"), 2);
    const both = renameStep("web", "db", "hv1", 2);
    for (const step of [none, other, both]) {
      await lab.carryOut(step);
      const progress = await lab.progress(step);
      assert.ok(progress?.phase === "failed" && progress.failure === "precondition", step.id);
    }
    assert.deepEqual(hv1.machine.active(), ["db", "web"]);
  });
});
