import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hypothesis } from "../../../reconciler/plan/hypothesis.ts";
import { eachLoss, toleranceOf } from "../../../reconciler/plan/losses.ts";
import { type WhatIf, whatIf } from "../../../reconciler/plan/what-if.ts";
import { readWorld } from "../../../reconciler/plan/world.ts";
import { type Document, GiB, ModelCluster, node, sharedPool, vm } from "../../support/plan/model-cluster.ts";

const nodes = [node("hv1"), node("hv2"), node("hv3")];

function clusterOf(vms: readonly Document[], at: Readonly<Record<string, string>>, memoryGiB = 16) {
  const machines = { hv1: { memoryGiB }, hv2: { memoryGiB }, hv3: { memoryGiB } };
  const cluster = new ModelCluster([...nodes, sharedPool, ...vms], machines);
  for (const [name, where] of Object.entries(at)) cluster.running(name, where);
  return cluster;
}

function asked(cluster: ModelCluster, hypothesis: Partial<Hypothesis>): WhatIf {
  return whatIf(cluster.input(), { lost: new Set(), flushed: new Set(), added: [], ...hypothesis });
}

function movesOf({ moved }: WhatIf): string[] {
  return moved.map(({ vm: name, from, to, method }) => `${name} ${from ?? "off"} ${to} ${method}`);
}

function unplacedOf({ unplaced }: Pick<WhatIf, "unplaced">): string[] {
  return unplaced.map(({ vm: name, ends, why }) => `${name} ${ends} ${why.code}`);
}

describe("what if a node were flushed", () => {
  const three = [
    vm("a", { priority: "low" }),
    vm("b", { migration: { method: "shutdown" } }),
    vm("c", { priority: "high", node: "hv2" }),
  ];

  it("names each of its VMs with target and method, in the order in which they go", () => {
    const cluster = clusterOf([...three, vm("other")], { a: "hv1", b: "hv1", c: "hv1", other: "hv3" });
    const supposed = asked(cluster, { flushed: new Set(["hv1"]) });
    assert.deepEqual(movesOf(supposed), ["c hv1 hv2 live", "b hv1 hv2 shutdown", "a hv1 hv3 live"]);
    assert.deepEqual(supposed.unplaced, []);
    assert.equal(supposed.untouched, 1);
  });

  it("says who finds no place and is held, and for whom nothing will start it again", () => {
    const bound = vm("bound", { limits: ["hv1"] });
    const off = vm("off", { limits: ["hv1"], autorestart: false });
    const cluster = clusterOf([bound, off], { bound: "hv1", off: "hv1" });
    const supposed = asked(cluster, { flushed: new Set(["hv1"]) });
    assert.deepEqual(unplacedOf(supposed), ["bound held hold-flush", "off off hold-flush"]);
  });

  it("says what stays in the way of an empty node", () => {
    const cluster = clusterOf([vm("orphan")], { orphan: "hv1" }).remove("VM/orphan");
    assert.deepEqual(unplacedOf(asked(cluster, { flushed: new Set(["hv1"]) })), ["orphan stays orphaned"]);
  });

  it("leaves out what would happen anyway, elsewhere", () => {
    const cluster = clusterOf([vm("a"), vm("b")], { a: "hv2", b: "hv1" }).edit("VM/a", { migrate: "hv3" });
    assert.deepEqual(movesOf(asked(cluster, { flushed: new Set(["hv1"]) })), ["b hv1 hv2 live"]);
  });

  it("shows how full each node is before and after", () => {
    const cluster = clusterOf([vm("a", { memory: "4GiB" })], { a: "hv1" });
    const [hv1, hv2] = asked(cluster, { flushed: new Set(["hv1"]) }).nodes;
    assert.deepEqual([hv1?.before.usedBytes, hv1?.after.usedBytes], [4 * GiB, 0]);
    assert.deepEqual([hv2?.before.usedBytes, hv2?.after.usedBytes], [0, 4 * GiB]);
    assert.equal(hv1?.closed?.code, "node-flushed");
  });
});

describe("what if a node were lost", () => {
  it("starts its VMs elsewhere, high priority first where room is short", () => {
    const vms = ["a", "b", "c"].map((name) =>
      vm(name, { memory: "8GiB", priority: name === "c" ? "high" : "low" }),
    );
    const cluster = clusterOf(
      [...vms, vm("full", { memory: "15GiB" })],
      {
        a: "hv1",
        b: "hv1",
        c: "hv1",
        full: "hv3",
      },
      26,
    );
    const supposed = asked(cluster, { lost: new Set(["hv1"]) });
    assert.deepEqual(movesOf(supposed), ["c hv1 hv2 restart", "a hv1 hv2 restart", "b hv1 hv3 restart"]);
    const smaller = asked(cluster, { lost: new Set(["hv1"]), flushed: new Set(["hv3"]) });
    assert.deepEqual(unplacedOf(smaller), ["a held hold-fence", "b held hold-fence"]);
  });

  it("starts nothing that was not wanted running, and cuts a move short", () => {
    const cluster = clusterOf([vm("a"), vm("stopped", { state: "stopped" })], { a: "hv1" });
    cluster.edit("VM/a", { migrate: "hv3" });
    const [migration] = cluster.plan().steps;
    assert.ok(migration !== undefined);
    cluster.place("a", migration.placement);
    cluster.steps.set("a", { step: migration.step, releasedAt: 0, cancel: false, progress: new Map() });
    const source = asked(cluster, { lost: new Set(["hv1"]) });
    assert.deepEqual(movesOf(source), ["a hv1 hv3 restart"]);
    const target = asked(cluster, { lost: new Set(["hv3"]) });
    assert.deepEqual(target.moved, []);
  });
});

describe("what if there were more VMs", () => {
  it("places as many as fit and says why not the others", () => {
    const cluster = clusterOf([vm("a")], { a: "hv1" });
    const like = cluster.desired.vms.get("a");
    assert.ok(like !== undefined);
    const added = ["new-1", "new-2", "new-3", "new-4"].map((name) => ({
      ...like,
      name,
      memoryBytes: 12 * GiB,
    }));
    const supposed = asked(cluster, { added });
    assert.deepEqual(movesOf(supposed), [
      "new-1 off hv2 start",
      "new-2 off hv3 start",
      "new-3 off hv1 start",
    ]);
    assert.deepEqual(unplacedOf(supposed), ["new-4 held no-target"]);
  });
});

describe("how many nodes can be lost", () => {
  it("is one less than fails, with the VMs that would be held", () => {
    const cluster = clusterOf([vm("a", { memory: "9GiB" }), vm("b", { memory: "9GiB" })], {
      a: "hv1",
      b: "hv2",
    });
    const world = readWorld(cluster.input());
    const single = [...eachLoss(world)];
    assert.deepEqual(
      single.map(({ nodes: lost, unplaced }) => [...lost, unplaced.length]),
      [
        ["hv1", 0],
        ["hv2", 0],
        ["hv3", 0],
      ],
    );
    const { atLeast, atMost, witness } = toleranceOf(world, single);
    assert.deepEqual([atLeast, atMost, witness?.nodes], [1, 1, ["hv1", "hv2"]]);
    assert.deepEqual(witness === null ? [] : unplacedOf(witness), ["b held hold-fence"]);
  });

  it("is none where a VM may run on its node alone", () => {
    const cluster = clusterOf([vm("a", { limits: ["hv2"] })], { a: "hv2" });
    const world = readWorld(cluster.input());
    const single = [...eachLoss(world)];
    assert.deepEqual(
      single.filter(({ unplaced }) => unplaced.length > 0).map(({ nodes: lost }) => lost),
      [["hv2"]],
    );
    assert.equal(toleranceOf(world, single).atMost, 0);
  });
});
