import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { eachLoss, toleranceOf } from "../../../reconciler/plan/losses.ts";
import { type Hypothesis } from "../../../reconciler/plan/hypothesis.ts";
import { whatIf } from "../../../reconciler/plan/what-if.ts";
import { readWorld } from "../../../reconciler/plan/world.ts";
import { arbitraryCluster, settled } from "../../support/plan/arbitrary-cluster.ts";

const runs = { numRuns: Number(process.env["KEEL_PROPERTY_RUNS"] ?? 150) };

function losing(...nodes: string[]): Hypothesis {
  return { lost: new Set(nodes), flushed: new Set(), added: [] };
}

describe("the loss of each node", () => {
  it("is judged by the VMs that are lost as it would be by a whole plan", () => {
    let held = 0;
    fc.assert(
      fc.property(arbitraryCluster(30), ({ before, after, machines }) => {
        const cluster = settled(before, machines);
        for (const document of after) cluster.put(document);
        const input = cluster.input();
        for (const { nodes, unplaced } of eachLoss(readWorld(input))) {
          const whole = whatIf(input, losing(...nodes));
          assert.deepEqual(unplaced, whole.unplaced);
          held += unplaced.length;
        }
      }),
      runs,
    );
    assert.ok(held > 50, `${String(held)} VMs were left without a place`);
  });

  it("leaves the world it is asked about as it was", () => {
    fc.assert(
      fc.property(arbitraryCluster(20), ({ before, machines }) => {
        const world = readWorld(settled(before, machines).input());
        const first = [...eachLoss(world)];
        assert.deepEqual([...eachLoss(world)], first);
      }),
      { numRuns: 50 },
    );
  });
});

describe("the number of losses survived", () => {
  it("is bounded from both sides where not every combination is looked at, and never contradicts it", () => {
    let bounded = 0;
    fc.assert(
      fc.property(arbitraryCluster(8), ({ before, machines }) => {
        const world = readWorld(settled(before, machines).input());
        const single = [...eachLoss(world)];
        const exact = toleranceOf(world, single);
        assert.equal(exact.atLeast, exact.atMost);
        const rough = toleranceOf(world, single, 0);
        assert.ok(rough.atLeast <= exact.atLeast && exact.atLeast <= rough.atMost);
        if (rough.atLeast < rough.atMost) bounded += 1;
      }),
      runs,
    );
    assert.ok(bounded > 5, `${String(bounded)} were only bounded`);
  });
});
