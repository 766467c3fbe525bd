import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { foresee } from "../../../reconciler/plan/foresee.ts";
import { durationOf, type Pace } from "../../../reconciler/plan/schedule.ts";
import { readWorld } from "../../../reconciler/plan/world.ts";
import { type Document, ModelCluster, node, sharedPool, vm } from "../../support/plan/model-cluster.ts";

const cluster: Document = {
  kind: "Cluster",
  name: "lab",
  bounds: { migrations: 3, migrationsPerNode: 2 },
};

/** A second for each GiB that is migrated; ten for a shutdown. */
const pace: Pace = (step) => {
  if (step.kind === "migrate") return (step.spec.hardware.memoryBytes / 2 ** 30) * 1000;
  return step.kind === "stop" ? 10_000 : 0;
};

function flushing(vms: readonly Document[], from: (index: number) => string): number {
  const nodes = ["hv1", "hv2", "hv3"].map((name) => node(name));
  const model = new ModelCluster([cluster, ...nodes, sharedPool, ...vms]);
  for (const [index, { name }] of vms.entries()) model.running(name, from(index));
  for (const name of new Set(vms.map((_, index) => from(index))))
    model.edit(`Node/${name}`, { state: "flushed" });
  const { rounds } = foresee(readWorld(model.input()));
  return durationOf(rounds.end, rounds.steps, pace);
}

describe("how long a plan takes", () => {
  it("is that of as many moves at once as one node may send", () => {
    const vms = [4, 1, 1, 1, 1].map((size, index) =>
      vm(`v${String(index)}`, { memory: `${String(size)}GiB` }),
    );
    assert.equal(
      flushing(vms, () => "hv1"),
      4_000,
    );
  });

  it("counts the bound over all nodes", () => {
    const vms = ["a", "b", "c", "d"].map((name) => vm(name, { memory: "2GiB" }));
    assert.equal(
      flushing(vms, (index) => (index < 2 ? "hv1" : "hv2")),
      4_000,
    );
  });

  it("counts a shutdown as its move, and a start as nothing", () => {
    const vms = ["a", "b", "c"].map((name) => vm(name, { migration: { method: "shutdown" } }));
    assert.equal(
      flushing(vms, () => "hv1"),
      20_000,
    );
  });

  it("is nothing where nothing is to be done", () => {
    assert.equal(
      flushing([], () => "hv1"),
      0,
    );
  });
});
