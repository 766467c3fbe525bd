import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FenceRecord } from "../../../reconciler/model/fence.ts";
import type { Displaced } from "../../../reconciler/model/placement.ts";
import { type Document, ModelCluster, node, vm, vmId } from "../../support/plan/model-cluster.ts";

const web = vmId("web");

/** `web` at home on hv1; the others of `nodes` may take it. */
function atHome(fields: Readonly<Record<string, unknown>> = {}, ...nodes: readonly Document[]): ModelCluster {
  const names = new Set(nodes.map(({ name }) => name));
  const others = ["hv1", "hv2", "hv3"].filter((name) => !names.has(name)).map((name) => node(name));
  const cluster = new ModelCluster([...others, ...nodes, vm("web", { node: "hv1", ...fields })]);
  return cluster.running("web", "hv1");
}

/** `web` away from hv1, which was flushed, on hv2. */
function onRefuge(fields: Readonly<Record<string, unknown>> = {}): ModelCluster {
  const cluster = atHome({ limits: ["hv1", "hv2"], ...fields }).edit("Node/hv1", { state: "flushed" });
  cluster.converge();
  assert.deepEqual(where(cluster), ["hv2", "hv1", "flush"]);
  return cluster.edit(web, { limits: null });
}

function where(cluster: ModelCluster) {
  const { node: at, home, displaced } = cluster.placements.get("web")?.placement ?? assert.fail();
  return [at, home, displaced];
}

function whyWeb(cluster: ModelCluster) {
  const planned = cluster.plan();
  const isBlocked = planned.blocked.some(({ object }) => object.name === "web");
  return [isBlocked ? "blocked" : "settled", planned.vms.get("web")?.reason.code];
}

function provenDead(name: string): FenceRecord {
  return {
    ...{ node: name, history: [], quarantine: null, phase: "done", vms: [], powerOn: "no" },
    incident: { id: "1", machineId: null, bootId: null, since: 0 },
    proof: { by: "human", at: 0, who: "ann" },
  };
}

describe("a `node:` that cannot take its VM, which is at home", () => {
  for (const [what, target, word, refusal, after] of [
    ["is flushed", { state: "flushed" }, "flush", "node-flushed", ["settled", "displaced"]],
    ["is cordoned", { state: "cordoned" }, "start", "node-cordoned", ["blocked", "node-cordoned"]],
    [
      "is in maintenance",
      { maintenance: true },
      "start",
      "node-maintenance",
      ["blocked", "node-maintenance"],
    ],
  ] as const) {
    it(`${what}: the word and the reason are that node's, and it goes there when that is over`, () => {
      const cluster = atHome({}, node("hv2", target)).edit(web, { node: "hv2" });
      assert.deepEqual(whyWeb(cluster), ["blocked", refusal]);
      assert.deepEqual(cluster.converge(), []);
      assert.deepEqual(where(cluster), ["hv1", "hv2", word]);
      assert.deepEqual(whyWeb(cluster), after);
      cluster.put(node("hv2"));
      assert.deepEqual(cluster.converge(), ["migrate web"]);
      assert.deepEqual(where(cluster), ["hv2", "hv2", null]);
    });
  }

  it("is proven dead", () => {
    const cluster = atHome();
    cluster.silent.add("hv2");
    cluster.fences.set("hv2", provenDead("hv2"));
    cluster.edit(web, { node: "hv2" }).converge();
    assert.deepEqual(where(cluster), ["hv1", "hv2", "fence"]);
    assert.deepEqual(whyWeb(cluster), ["settled", "displaced"]);
  });

  it("has no agent, or no room: it is refused as by `migrate:`", () => {
    const cluster = atHome();
    cluster.agentDown.add("hv2");
    cluster.edit(web, { node: "hv2" }).converge();
    assert.deepEqual(where(cluster), ["hv1", "hv2", "start"]);
    assert.deepEqual(whyWeb(cluster), ["blocked", "agent-down"]);
    cluster.agentDown.clear();
    cluster.machines.set("hv2", { memoryGiB: 1 });
    assert.deepEqual(whyWeb(cluster), ["blocked", "no-room"]);
  });

  it("and its VM, told to stay by `migrate:`, is there for that", () => {
    const cluster = atHome({}, node("hv2", { state: "flushed" }));
    cluster.edit(web, { node: "hv2", migrate: "hv1" });
    assert.equal(cluster.plan().records[0]?.placement?.displaced, "migrate");
  });
});

describe("a VM that is away, and whose home cannot take it for another reason by now", () => {
  it("is told that reason", () => {
    const cluster = onRefuge().edit("Node/hv1", { state: "cordoned" });
    assert.deepEqual(whyWeb(cluster), ["blocked", "node-cordoned"]);
    assert.deepEqual(cluster.converge(), []);
    assert.deepEqual(where(cluster), ["hv2", "hv1", "flush"]);
  });
});

describe("a VM that has to leave its refuge", () => {
  for (const method of ["live", "shutdown"]) {
    it(`by a flush is still away for what it left home for (${method})`, () => {
      const cluster = onRefuge({ migration: { method } });
      cluster.edit("Node/hv2", { state: "flushed" }).converge();
      assert.deepEqual(where(cluster), ["hv3", "hv1", "flush"]);
    });

    it(`by its limits is still away for what it left home for (${method})`, () => {
      const cluster = onRefuge({ migration: { method } });
      cluster.edit(web, { limits: ["hv1", "hv3"] }).converge();
      assert.deepEqual(where(cluster), ["hv3", "hv1", "flush"]);
    });

    it(`by a flush is still away from a home that is dead (${method})`, () => {
      const cluster = atHome({ migration: { method } });
      cluster.running("web", "hv2", { home: "hv1", displaced: "fence" }).silent.add("hv1");
      cluster.domains.delete("hv1");
      cluster.fences.set("hv1", provenDead("hv1"));
      cluster.edit("Node/hv2", { state: "flushed" }).converge();
      assert.deepEqual(where(cluster), ["hv3", "hv1", "fence"]);
    });

    it(`is away for what keeps it from home now, where the first reason is over (${method})`, () => {
      for (const [home, word] of [
        [{ state: "cordoned" }, "start"],
        [{ state: "flushed" }, "flush"],
      ] satisfies [object, Displaced][]) {
        const cluster = atHome({ migration: { method } });
        cluster.running("web", "hv2", { home: "hv1", displaced: "fence" }).domains.delete("hv1");
        cluster.edit("Node/hv1", home).edit("Node/hv2", { state: "flushed" }).converge();
        assert.deepEqual(where(cluster), ["hv3", "hv1", word]);
      }
    });
  }

  it("as that is dead is still away for what it left home for", () => {
    const cluster = onRefuge();
    cluster.silent.add("hv2");
    cluster.fences.set("hv2", provenDead("hv2"));
    assert.deepEqual(cluster.converge(), ["start web"]);
    assert.deepEqual(where(cluster), ["hv3", "hv1", "flush"]);
  });

  it("and is held there is away, once it starts elsewhere, for what keeps it from home", () => {
    const cluster = atHome({ limits: ["hv1", "hv2"] });
    cluster.running("web", "hv2", { home: "hv1", displaced: "fence" }).silent.add("hv1");
    cluster.domains.delete("hv1");
    cluster.fences.set("hv1", provenDead("hv1"));
    cluster.edit("Node/hv2", { state: "flushed" }).converge();
    assert.deepEqual(where(cluster), [null, "hv1", null]);
    cluster.edit(web, { limits: null }).converge();
    assert.deepEqual(where(cluster), ["hv3", "hv1", "fence"]);
  });
});
