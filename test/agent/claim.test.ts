import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { placementAllows } from "../../agent/claim.ts";
import { type Placement, unplaced } from "../../reconciler/model/placement.ts";
import { migrateStep, startStep } from "./support/steps.ts";

describe("placementAllows", () => {
  const placed = (change: Partial<Placement>): Placement => ({ ...unplaced, node: "hv1", ...change });

  it("allows a step on the epoch that it was planned on, and on no other", () => {
    const step = startStep("web", "hv1", 3);
    assert.ok(placementAllows(step, placed({ epoch: 3 }), "hv1"));
    for (const epoch of [2, 4]) assert.ok(!placementAllows(step, placed({ epoch }), "hv1"));
  });

  it("takes no placement for epoch 0", () => {
    assert.ok(!placementAllows(startStep("web", "hv1", 1), null, "hv1"));
    assert.ok(placementAllows(startStep("web", "hv1", 0), null, "hv1"));
  });

  it("allows both roles of the migration that the placement names, and nobody else", () => {
    const step = migrateStep("web", "hv1", "hv2", 3);
    const moving = { to: "hv2", epoch: 4, step: step.id, displaced: null };
    for (const node of ["hv1", "hv2"]) assert.ok(placementAllows(step, placed({ epoch: 3, moving }), node));
    assert.ok(!placementAllows(step, placed({ epoch: 3, moving }), "hv3"));
    for (const other of [{ step: "another" }, { to: "hv3" }, { epoch: 5 }]) {
      assert.ok(!placementAllows(step, placed({ epoch: 3, moving: { ...moving, ...other } }), "hv1"));
    }
    assert.ok(!placementAllows(step, placed({ epoch: 3 }), "hv1"));
  });
});
