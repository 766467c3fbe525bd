import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ModelCluster, node, sharedPool, vm, vmId } from "../../support/plan/model-cluster.ts";

const three = [node("hv1"), node("hv2"), node("hv3")];

describe("placing VMs that start", () => {
  it("follows each VM's selector, and lets the choices of one plan see each other", () => {
    const cluster = new ModelCluster(
      [
        ...three,
        vm("big", { memory: "6GiB", cpus: 2, node: "hv1" }),
        vm("by-mem", { memory: "2GiB", selector: "mem" }),
        vm("by-load", { selector: "load" }),
        vm("by-vms", { selector: "vms", limits: ["hv1", "hv3"] }),
      ],
      { hv1: { memoryGiB: 16, load: 0.1 }, hv2: { memoryGiB: 12, load: 2 }, hv3: { memoryGiB: 8, load: 1 } },
    );
    cluster.converge();
    assert.deepEqual(
      ["big", "by-mem", "by-load", "by-vms"].map((name) => cluster.nodeOf(name)),
      ["hv1", "hv2", "hv1", "hv3"],
    );
  });

  it("keeps the selector's choice as the home", () => {
    const cluster = new ModelCluster([...three, vm("web")], { hv2: { memoryGiB: 64 } });
    cluster.converge();
    assert.equal(cluster.placements.get("web")?.placement.home, "hv2");
    assert.equal(cluster.placements.get("web")?.placement.displaced, null);
  });

  it("takes the lexically first of equal nodes", () => {
    const cluster = new ModelCluster([...three, vm("web")]);
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv1");
  });

  for (const [selector, machines, chosen] of [
    ["mem", { hv1: { freeGiB: 2 }, hv2: { freeGiB: 3 } }, "hv2"],
    ["load", { hv1: { load: 2 }, hv2: { load: 0.5 } }, "hv2"],
    ["memprov", { hv1: { memoryGiB: 8 }, hv2: { memoryGiB: 12 } }, "hv2"],
  ] as const) {
    it(`chooses by ${selector}`, () => {
      const cluster = new ModelCluster([node("hv1"), node("hv2"), vm("web", { selector })], machines);
      cluster.converge();
      assert.equal(cluster.nodeOf("web"), chosen);
    });
  }

  for (const selector of ["vcpus", "vms"] as const) {
    it(`chooses by ${selector}`, () => {
      const cluster = new ModelCluster([node("hv1"), node("hv2"), vm("there"), vm("web", { selector })]);
      cluster.running("there", "hv1").converge();
      assert.equal(cluster.nodeOf("web"), "hv2");
    });
  }

  it("starts at `node:`, whatever the selector would say", () => {
    const cluster = new ModelCluster([...three, vm("web", { node: "hv3" })], { hv1: { memoryGiB: 64 } });
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv3");
  });

  it("starts elsewhere while its home is full, and says that it is displaced", () => {
    const cluster = new ModelCluster([...three, vm("full", { memory: "15GiB" }), vm("web", { node: "hv1" })]);
    cluster.running("full", "hv1").converge();
    assert.equal(cluster.nodeOf("web"), "hv2");
    assert.equal(cluster.placements.get("web")?.placement.home, "hv1");
    assert.equal(cluster.placements.get("web")?.placement.displaced, "start");
  });

  it("starts on `migrate:` and keeps its home", () => {
    const cluster = new ModelCluster([...three, vm("web", { node: "hv1", migrate: "hv2" })]);
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv2");
    assert.equal(cluster.placements.get("web")?.placement.home, "hv1");
    assert.equal(cluster.placements.get("web")?.placement.displaced, "migrate");
  });

  it("chooses high priorities first", () => {
    const cluster = new ModelCluster([
      node("hv1"),
      vm("a", { memory: "10GiB" }),
      vm("z", { memory: "10GiB", priority: "high" }),
    ]);
    const plan = cluster.plan();
    assert.deepEqual(
      plan.steps.map(({ step }) => step.vm),
      ["z"],
    );
    assert.equal(plan.vms.get("a")?.reason.code, "no-target");
  });

  it("keeps the reserve free", () => {
    const cluster = new ModelCluster([node("hv1"), vm("web", { memory: "15600MiB" })]);
    assert.deepEqual(cluster.plan().steps, []);
    assert.match(String(cluster.plan().blocked[0]?.reason.with["why"]), /lacks memory/);
  });

  it("counts domains that are not ours, lists them, and touches nothing of theirs", () => {
    const cluster = new ModelCluster([node("hv1"), vm("web", { memory: "8GiB" })], {
      hv1: { foreignGiB: 10 },
    });
    assert.deepEqual(cluster.plan().steps, []);
    assert.deepEqual(cluster.plan().drift, [{ kind: "unmanaged", domain: "theirs", node: "hv1" }]);
  });

  it("chooses nothing by selector before every agent was seen, and starts what has a fixed place", () => {
    const cluster = new ModelCluster([...three, vm("chosen"), vm("fixed", { node: "hv2" })]);
    cluster.policy = { ...cluster.policy, selectorsOpen: false };
    assert.deepEqual(
      cluster.plan().steps.map(({ step }) => step.vm),
      ["fixed"],
    );
  });

  it("never brings a VM outside its limits, however empty the others are", () => {
    const cluster = new ModelCluster([...three, vm("web", { limits: ["hv3"] })], { hv3: { memoryGiB: 2 } });
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv3");
  });

  it("keeps an `apart` group on different nodes and blocks the one that does not fit", () => {
    const cluster = new ModelCluster([
      node("hv1"),
      node("hv2"),
      ...["a", "b", "c"].map((name) => vm(name, { apart: ["db"] })),
    ]);
    cluster.converge();
    assert.deepEqual(new Set([cluster.nodeOf("a"), cluster.nodeOf("b")]), new Set(["hv1", "hv2"]));
    assert.equal(cluster.plan().vms.get("c")?.reason.code, "no-target");
  });

  it("refuses a node with fewer CPUs than the VM wants", () => {
    const cluster = new ModelCluster([node("hv1"), vm("web", { cpus: 16 })]);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "no-target");
  });

  it("starts a VM with a local disk again only where its data is", () => {
    const cluster = new ModelCluster([...three, vm("web", { disk: "10GiB" })], { hv2: { memoryGiB: 64 } });
    cluster.running("web", "hv1").ends("web", "crash");
    cluster.now += 60_000;
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv1");
  });

  it("never uses the volume of another VM, also of one whose document is gone", () => {
    const disks = [{ name: "root", volume: "default/data", size: "10GiB" }];
    const cluster = new ModelCluster([...three, sharedPool, vm("old", { disks })]);
    cluster.running("old", "hv1").remove(vmId("old")).put(vm("new", { disks }));
    assert.equal(cluster.plan().vms.get("new")?.reason.code, "volume-in-use");
    assert.deepEqual(cluster.plan().steps, []);
  });
});

describe("moving running VMs", () => {
  it("migrates to an edited `node:`, which becomes the home", () => {
    const cluster = new ModelCluster([...three, vm("web", { node: "hv1" })]);
    cluster.running("web", "hv1").edit(vmId("web"), { node: "hv2" });
    assert.deepEqual(cluster.converge(), ["migrate web"]);
    const placement = cluster.placements.get("web")?.placement;
    assert.deepEqual([placement?.node, placement?.home, placement?.displaced], ["hv2", "hv2", null]);
  });

  it("keeps the home through a second `migrate:`", () => {
    const cluster = new ModelCluster([...three, vm("web", { node: "hv1" })]);
    cluster.running("web", "hv1").edit(vmId("web"), { migrate: "hv2" }).converge();
    cluster.edit(vmId("web"), { migrate: "hv3" }).converge();
    const placement = cluster.placements.get("web")?.placement;
    assert.deepEqual([placement?.node, placement?.home, placement?.displaced], ["hv3", "hv1", "migrate"]);
  });

  it("goes home when `migrate:` is removed, or names the home", () => {
    for (const migrate of [null, "hv1"]) {
      const cluster = new ModelCluster([...three, vm("web", { node: "hv1" })]);
      cluster.running("web", "hv1").edit(vmId("web"), { migrate: "hv2" }).converge();
      cluster.edit(vmId("web"), { migrate }).converge();
      const placement = cluster.placements.get("web")?.placement;
      assert.deepEqual([placement?.node, placement?.displaced], ["hv1", null]);
    }
  });

  it("does not move a VM from one selector's choice to another", () => {
    const cluster = new ModelCluster([...three, vm("web")]);
    cluster.converge();
    cluster.machines.set("hv3", { memoryGiB: 512 });
    assert.deepEqual(cluster.converge(), []);
  });

  it("leaves a node that new limits exclude, and stays home in name", () => {
    const cluster = new ModelCluster([...three, vm("web")]);
    cluster.running("web", "hv1").edit(vmId("web"), { limits: ["hv2"] });
    assert.deepEqual(cluster.converge(), ["migrate web"]);
    const placement = cluster.placements.get("web")?.placement;
    assert.deepEqual([placement?.node, placement?.home, placement?.displaced], ["hv2", "hv1", "limits"]);
  });

  it("leaves a VM running where a limit edit finds it no place: a typo stops nobody's guest", () => {
    const cluster = new ModelCluster([...three, vm("web")], { hv2: { memoryGiB: 1 } });
    cluster.running("web", "hv1").edit(vmId("web"), { limits: ["hv2"] });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.state, "running");
    assert.equal(cluster.plan().blocked[0]?.reason.code, "no-target");
  });

  it("refuses an explicit target that cannot take it, with the reason, and leaves it where it is", () => {
    const cluster = new ModelCluster([...three, vm("web", { node: "hv1" })], { hv2: { memoryGiB: 1 } });
    cluster.running("web", "hv1").edit(vmId("web"), { migrate: "hv2" });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "no-room");
  });

  it("separates two of an `apart` group that came together, and moves only one", () => {
    const cluster = new ModelCluster([...three, vm("a"), vm("b")]);
    cluster.running("a", "hv1").running("b", "hv1");
    cluster.edit(vmId("a"), { apart: ["db"] }).edit(vmId("b"), { apart: ["db"] });
    assert.deepEqual(cluster.converge(), ["migrate b"]);
  });

  it("does not go live where its processor cannot be shown, and is told so before it tries", () => {
    for (const [processor, is] of [
      ["Nehalem", "moved"],
      ["EPYC", "blocked"],
      ["host", "blocked"],
    ] as const) {
      const cluster = new ModelCluster([...three, vm("web", { migrate: "hv2" })]);
      cluster.machines.set("hv1", { processors: { models: ["EPYC", "Nehalem"], host: "amd" } });
      cluster.machines.set("hv2", { processors: { models: ["Nehalem"], host: "intel" } });
      cluster.running("web", "hv1");
      cluster.domains.get("hv1")?.set("web", { ...cluster.domain("web"), processor });
      const blocked = cluster.plan().blocked.map(({ reason }) => reason.code);
      assert.deepEqual(blocked, is === "blocked" ? ["processor-not-shown"] : [], processor);
      assert.deepEqual(cluster.converge(), is === "moved" ? ["migrate web"] : [], processor);
      cluster.edit(vmId("web"), { migrate: "hv2", migration: { method: "shutdown" } });
      cluster.converge();
      assert.equal(cluster.nodeOf("web"), "hv2", processor);
    }
  });

  it("goes nowhere where the bridge of its network is missing, and starts nowhere without it", () => {
    const lan = { kind: "Network", name: "lan", type: "bridge", bridge: "br0" } as const;
    const nics = [{ name: "eth0", network: "lan" }];
    for (const [bridges, is] of [
      [["br0"], "moved"],
      [["br1"], "blocked"],
      [undefined, "moved"],
    ] as const) {
      const cluster = new ModelCluster([...three, lan, vm("web", { nics })]);
      cluster.machines.set("hv2", bridges === undefined ? {} : { bridges });
      cluster.running("web", "hv1").edit(vmId("web"), { migrate: "hv2" });
      const blocked = cluster.plan().blocked.map(({ reason }) => reason.code);
      assert.deepEqual(blocked, is === "blocked" ? ["bridge-missing"] : []);
      assert.deepEqual(cluster.converge(), is === "moved" ? ["migrate web"] : []);
    }
    const cluster = new ModelCluster([...three, lan, vm("web", { nics, limits: ["hv1", "hv2"] })]);
    for (const name of ["hv1", "hv2"]) cluster.machines.set(name, { bridges: [] });
    assert.deepEqual(cluster.converge(), []);
  });

  it("goes by shutdown and start where the method says so", () => {
    const cluster = new ModelCluster([
      ...three,
      vm("web", { node: "hv1", migration: { method: "shutdown" } }),
    ]);
    cluster.running("web", "hv1").edit(vmId("web"), { migrate: "hv2" });
    const { steps } = cluster.plan();
    assert.deepEqual(
      steps.map(({ step }) => `${step.kind} ${step.node}`),
      ["stop hv1", "start hv2"],
    );
    assert.deepEqual(steps[1]?.after, [steps[0]?.step.id]);
    assert.deepEqual(cluster.converge(), ["stop web", "start web"]);
  });

  it("waits for a neighbour that has to leave before the room is there", () => {
    const cluster = new ModelCluster([
      ...three,
      vm("out", { memory: "12GiB", node: "hv1" }),
      vm("in", { memory: "12GiB", node: "hv2" }),
    ]);
    cluster.running("out", "hv1").running("in", "hv2");
    cluster.edit(vmId("out"), { node: "hv3" }).edit(vmId("in"), { node: "hv1" });
    const { steps } = cluster.plan();
    assert.deepEqual(
      steps.map(({ step }) => step.vm),
      ["out", "in"],
    );
    assert.equal(steps[1]?.waits?.code, "waiting-for-room");
    assert.deepEqual(steps[1]?.after, [steps[0]?.step.id]);
    assert.deepEqual(cluster.converge(), ["migrate out", "migrate in"]);
  });

  it("keeps moves within the bounds, in all and at each node", () => {
    const names = Array.from({ length: 12 }, (_, i) => `v${String(i)}`);
    const cluster = new ModelCluster([
      { kind: "Cluster", name: "lab", bounds: { migrations: 3, migrationsPerNode: 2 } },
      ...three,
      ...names.map((name) => vm(name)),
    ]);
    for (const name of names) cluster.running(name, "hv1");
    cluster.edit("Node/hv1", { state: "flushed" });
    const released = cluster.plan().steps.filter((s) => s.waits === null);
    assert.equal(released.length, 2);
    assert.equal(cluster.converge().length, 12);
  });
});
