import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FenceProven } from "../../../reconciler/model/fence.ts";
import type { Request } from "../../../reconciler/model/journal.ts";
import { reason } from "../../../reconciler/model/reasons.ts";
import { circumstances } from "../../../reconciler/plan/tries.ts";
import { GiB, ModelCluster, node, sharedPool, vm, vmId } from "../../support/plan/model-cluster.ts";

const two = [node("hv1"), node("hv2")];

function request(kind: "restart" | "retry" | "release", name: string) {
  return { kind, vm: name, id: `${kind}-${name}`, by: "ops", at: 0, expiresAt: Number.MAX_SAFE_INTEGER };
}

describe("run state", () => {
  it("stops gracefully for `stopped` and `disabled`, cuts for `poweroff`", () => {
    for (const [state, method] of [
      ["stopped", "graceful"],
      ["disabled", "graceful"],
      ["poweroff", "cut"],
    ] as const) {
      const cluster = new ModelCluster([...two, vm("web")]);
      cluster.running("web", "hv1").edit(vmId("web"), { state });
      const step = cluster.plan().steps[0]?.step;
      assert.equal(step?.kind === "stop" ? step.method : null, method);
      cluster.converge();
      assert.equal(cluster.plan().vms.get("web")?.state, state === "disabled" ? "disabled" : "stopped");
    }
  });

  it("starts nothing that is not wanted running", () => {
    for (const state of ["stopped", "poweroff", "disabled", "absent"]) {
      const cluster = new ModelCluster([...two, vm("web", { state })]);
      assert.deepEqual(cluster.converge(), []);
    }
  });

  it("leaves a guest off that switched itself off, and shows it as drift", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").ends("web", "guest");
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.reason.code, "ended-by-guest");
    assert.equal(cluster.plan().drift[0]?.kind, "state");
    cluster.requests.push(request("restart", "web"));
    assert.deepEqual(cluster.converge(), ["start web"]);
  });

  it("restarts a crashed guest after its back-off, and gives up over the limit", () => {
    const cluster = new ModelCluster([...two, vm("web", { restart: { max: 2, backoff: "10s" } })]);
    cluster.running("web", "hv1");
    for (const wait of [10_000, 10_000]) {
      cluster.ends("web", "crash");
      assert.equal(cluster.plan().vms.get("web")?.reason.code, "back-off");
      assert.equal(cluster.plan().wakeAt, cluster.now + wait);
      cluster.now += wait;
      assert.deepEqual(cluster.converge(), ["start web"]);
    }
    cluster.ends("web", "unknown");
    cluster.now += 60_000;
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.state, "crash-loop");
    cluster.requests.push(request("retry", "web"));
    assert.deepEqual(cluster.converge(), ["start web"]);
  });

  it("leaves a crashed guest off with `restart.policy: never`", () => {
    const cluster = new ModelCluster([...two, vm("web", { restart: { policy: "never" } })]);
    cluster.running("web", "hv1").ends("web", "crash");
    cluster.now += 3_600_000;
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.state, "failed");
  });

  it("restarts on request, once, with a new epoch", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").requests.push(request("restart", "web"));
    assert.deepEqual(cluster.converge(), ["restart web"]);
    assert.equal(cluster.placements.get("web")?.placement.epoch, 2);
  });
});

describe("flush and hold", () => {
  it("empties a node within each VM's limits and brings everything home afterwards", () => {
    const three = [...two, node("hv3")];
    const cluster = new ModelCluster(
      [...three, vm("a", { node: "hv1", limits: ["hv1", "hv3"] }), vm("b", { node: "hv1" })],
      {
        hv2: { memoryGiB: 32 },
      },
    );
    cluster.running("a", "hv1").running("b", "hv1").edit("Node/hv1", { state: "flushed" }).converge();
    assert.deepEqual([cluster.nodeOf("a"), cluster.nodeOf("b")], ["hv3", "hv2"]);
    assert.equal(cluster.plan().nodes.get("hv1")?.state, "flushed");
    assert.equal(cluster.placements.get("a")?.placement.displaced, "flush");
    cluster.edit("Node/hv1", { state: "ready" });
    assert.equal(cluster.plan().nodes.get("hv1")?.state, "returning");
    cluster.converge();
    assert.deepEqual([cluster.nodeOf("a"), cluster.nodeOf("b")], ["hv1", "hv1"]);
    assert.equal(cluster.placements.get("a")?.placement.displaced, null);
  });

  it("shuts down and holds what may run nowhere else; autorestart decides about the return", () => {
    const cluster = new ModelCluster([
      ...two,
      vm("pinned", { limits: ["hv1"] }),
      vm("pinned-off", { limits: ["hv1"], autorestart: false }),
    ]);
    cluster.running("pinned", "hv1").running("pinned-off", "hv1").edit("Node/hv1", { state: "flushed" });
    assert.deepEqual(cluster.converge().sort(), ["stop pinned", "stop pinned-off"]);
    const { held, node: at } = cluster.placements.get("pinned")?.placement ?? {};
    assert.deepEqual([held?.by, held?.node, at], ["flush", "hv1", null]);
    assert.equal(cluster.plan().vms.get("pinned")?.state, "held");
    cluster.edit("Node/hv1", { state: "ready" });
    assert.deepEqual(cluster.converge(), ["start pinned"]);
    assert.equal(cluster.plan().vms.get("pinned-off")?.state, "held");
    cluster.requests.push(request("release", "pinned-off"));
    assert.deepEqual(cluster.converge(), ["start pinned-off"]);
  });

  it("lets an edit of `state` win over a hold", () => {
    const cluster = new ModelCluster([...two, vm("pinned", { limits: ["hv1"] })]);
    cluster.running("pinned", "hv1").edit("Node/hv1", { state: "flushed" }).converge();
    cluster.edit(vmId("pinned"), { state: "stopped" }).converge();
    assert.equal(cluster.placements.get("pinned")?.placement.held, null);
    assert.equal(cluster.plan().vms.get("pinned")?.state, "stopped");
  });

  it("waits for a node that is silent only since a moment ago instead of shutting a guest down", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").edit("Node/hv1", { state: "flushed" });
    cluster.agentDown.add("hv2");
    cluster.policy = { ...cluster.policy, unsettled: new Set(["hv2"]) };
    assert.deepEqual(cluster.plan().steps, []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "no-target");
  });

  it("brings nothing to a cordoned node and leaves what is there", () => {
    const cluster = new ModelCluster([...two, vm("old"), vm("new")], { hv1: { memoryGiB: 64 } });
    cluster.running("old", "hv1").edit("Node/hv1", { state: "cordoned" }).converge();
    assert.deepEqual([cluster.nodeOf("old"), cluster.nodeOf("new")], ["hv1", "hv2"]);
  });
});

describe("what is not known", () => {
  it("does nothing to a VM whose node is silent, and starts it nowhere else", () => {
    for (const [set, state] of [
      ["silent", "unknown"],
      ["agentDown", "running"],
      ["unreadable", "running"],
    ] as const) {
      const cluster = new ModelCluster([...two, vm("web", { node: "hv1" })]);
      cluster.running("web", "hv1")[set].add("hv1");
      assert.deepEqual(cluster.plan().steps, []);
      assert.equal(cluster.plan().vms.get("web")?.state, state);
      assert.equal(cluster.plan().vms.get("web")?.node, "hv1");
    }
  });

  it("starts nothing on a node whose hypervisor does not answer, which is shown as one without an agent", () => {
    const cluster = new ModelCluster([...two, vm("web")], { hv1: { memoryGiB: 64 } });
    cluster.unreadable.add("hv1");
    cluster.converge();
    assert.equal(cluster.nodeOf("web"), "hv2");
    const { state, reason } = cluster.plan().nodes.get("hv1") ?? assert.fail();
    assert.deepEqual([state, reason.code], ["agent-down", "hypervisor-silent"]);
  });

  it("does not believe an absence that was read before the placement was known", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1");
    cluster.domains.clear();
    const input = cluster.input();
    const placed = input.placements.get("web");
    assert.ok(placed);
    cluster.placements.set("web", { ...placed, revision: cluster.revision + 1 });
    assert.deepEqual(cluster.plan().steps, []);
    assert.equal(cluster.plan().vms.get("web")?.state, "unknown");
  });

  it("touches neither copy of a VM that two nodes report", () => {
    const cluster = new ModelCluster([...two, vm("web", { state: "stopped" })]);
    cluster.running("web", "hv1");
    cluster.domains.set("hv2", new Map([["web", cluster.domain("web")]]));
    assert.deepEqual(cluster.plan().steps, []);
    assert.equal(cluster.plan().vms.get("web")?.reason.code, "duplicate");
  });

  it("leaves a VM alone whose hand-over has no step left", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1", { moving: { to: "hv2", epoch: 2, step: "web.1", displaced: null } });
    assert.deepEqual(cluster.plan().steps, []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "migrating-hand-over");
  });
});

describe("a VM of a node that is proven dead", () => {
  it("starts elsewhere once the dead node is shut out of its images, and nobody's wish makes it sooner", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").silent.add("hv1");
    const why = reason("images-not-released", { node: "hv1", vm: "web", why: "no answer" });
    const dead = (unreleased: FenceProven["unreleased"] = {}) =>
      cluster.fences.set("hv1", {
        ...{ node: "hv1", history: [], quarantine: null, phase: "recovering", vms: ["web"], powerOn: "no" },
        incident: { id: "1", machineId: null, bootId: null, since: 0 },
        proof: { by: "human", at: 0, who: "ann" },
        unreleased,
      });
    dead({ web: why });
    cluster.requests.push(request("retry", "web"));
    assert.deepEqual(cluster.converge(), []);
    assert.deepEqual(cluster.plan().vms.get("web")?.reason, why);
    cluster.remove(vmId("web")).put(vm("shop", { renamedFrom: "web" }));
    assert.deepEqual(cluster.converge(), []);
    assert.deepEqual(cluster.plan().vms.get("shop")?.reason, why);
    dead();
    assert.deepEqual(cluster.converge(), ["start shop"]);
    assert.equal(cluster.nodeOf("shop"), "hv2");
  });
});

describe("live changes and drift", () => {
  it("changes memory and CPUs while the guest runs, within its bounds", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").edit(vmId("web"), { memory: "2GiB", cpus: 2 });
    assert.deepEqual(cluster.converge(), ["update web"]);
    assert.equal(cluster.domain("web").live.memoryBytes, 2 * GiB);
  });

  const network = { kind: "Network", name: "lan", type: "bridge", bridge: "br0" } as const;
  const nics = [{ name: "eth0", network: "lan" }];
  const shown = (cluster: ModelCluster) =>
    cluster.plan().drift.map((d) => [d.kind, "field" in d ? `${d.field} ${d.refused ?? "-"}` : null]);

  it("lists what takes a restart as pending and does nothing", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").edit(vmId("web"), { memory: "4GiB" });
    assert.deepEqual(cluster.converge(), []);
    assert.deepEqual(shown(cluster), [["pending", "memory -"]]);
  });

  it("plugs disks and cards in while the guest runs; a new disk's volume is this VM's from then on", () => {
    const cluster = new ModelCluster([...two, network, sharedPool, vm("web")]);
    const disks = [{ name: "data", volume: "default/web-data", size: "1GiB" }];
    cluster.running("web", "hv1").edit(vmId("web"), { nics, disks });
    const [planned] = cluster.plan().steps;
    assert.ok(planned?.step.kind === "update" && planned.step.spec?.nics[0]?.network.bridge === "br0");
    assert.deepEqual([planned.step.fields, planned.claims.length], [["disks", "nics"], 1]);
    assert.deepEqual(cluster.converge(), ["update web"]);
    assert.deepEqual(cluster.plan().drift, []);
  });

  it("takes no disk from another VM, and no network that the node has no driver for", () => {
    const disks = [{ name: "data", volume: "default/theirs", size: "1GiB" }];
    const cluster = new ModelCluster([...two, sharedPool, vm("web"), vm("db", { disks })]);
    cluster.running("web", "hv1").running("db", "hv2").remove(vmId("db")).edit(vmId("web"), { disks });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "volume-in-use");
  });

  it("leaves to the next restart what the running guest did not take, with the reason", () => {
    const cluster = new ModelCluster([...two, network, vm("web")]);
    cluster.running("web", "hv1").edit(vmId("web"), { nics });
    const { desired, observed } = cluster.input();
    const failed = { kind: "update", failure: "hypervisor-error", detail: "no free slot", at: 0 } as const;
    const under = circumstances(desired, observed, desired.vms.get("web"));
    const refusedTimes = (count: number) =>
      cluster.tries.set("web", { failed: { ...failed, count, fields: ["nics"] }, crashes: [], ...under });
    refusedTimes(1);
    assert.equal(cluster.plan().steps.length, 1);
    refusedTimes(2);
    assert.deepEqual([cluster.plan().steps, cluster.plan().blocked], [[], []]);
    assert.deepEqual(shown(cluster), [["pending", "nics no free slot"]]);
    cluster.edit(vmId("web"), { cpus: 2 });
    assert.deepEqual(cluster.converge(), ["update web"]);
  });

  it("shows what was changed by hand, and sets it back only where that is asked for", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1");
    const domain = cluster.domain("web");
    cluster.domains.get("hv1")?.set("web", { ...domain, live: { ...domain.live, memoryBytes: GiB / 2 } });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().drift[0]?.kind, "drift");
    cluster.policy = { ...cluster.policy, revertDrift: true };
    assert.deepEqual(cluster.converge(), ["update web"]);
    assert.deepEqual(cluster.plan().drift, []);
  });

  it("does not grow a guest beyond the room on its node", () => {
    const cluster = new ModelCluster([
      node("hv1"),
      vm("web", { memory: "8GiB" }),
      vm("other", { memory: "6GiB" }),
    ]);
    cluster.running("web", "hv1").running("other", "hv1").edit(vmId("web"), { memory: "12GiB" });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "no-room");
  });
});

/** For the VM that goes by this name now. */
function approval(
  cluster: ModelCluster,
  name: string,
  disks: readonly string[],
  images: Readonly<Record<string, string>> = Object.fromEntries(
    disks.map((disk) => [disk, `default/${name}-${disk}`]),
  ),
): Extract<Request, { kind: "destroy" }> {
  const uuid = cluster.identities.get(name)?.uuid ?? null;
  return { ...request("retry", name), kind: "destroy", vm: name, disks, uuid, images };
}

describe("removal and destruction", () => {
  it("orphans a VM whose document is gone, and leaves it running", () => {
    const cluster = new ModelCluster([...two, vm("web")]);
    cluster.running("web", "hv1").remove(vmId("web"));
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().vms.get("web")?.state, "orphaned");
    assert.deepEqual(cluster.whereabouts("web"), ["hv1"]);
  });

  it("destroys only with an approval that names it, and only the disks that it names", () => {
    const cluster = new ModelCluster([...two, sharedPool, vm("web", { disk: "10GiB" })]);
    cluster.running("web", "hv1").edit(vmId("web"), { state: "absent" });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "approval-needed");
    cluster.requests.push(approval(cluster, "web", ["root"]));
    const steps = cluster.plan().steps.map(({ step }) => step);
    assert.deepEqual(
      steps.map((s) => s.kind),
      ["stop", "destroy"],
    );
    assert.equal(steps[1]?.kind === "destroy" ? steps[1].disks.length : null, 1);
    cluster.converge();
    assert.equal(cluster.placements.has("web"), false);
  });

  it("keeps the disks that no approval names, and destroys them when one does", () => {
    const cluster = new ModelCluster([...two, sharedPool, vm("web", { disk: "10GiB" })]);
    cluster.running("web", "hv1").edit(vmId("web"), { state: "absent" });
    const approve = (disks: readonly string[]) => {
      cluster.requests.push(approval(cluster, "web", disks));
    };
    approve([]);
    cluster.converge();
    assert.equal(cluster.volumes.size, 1);
    assert.deepEqual(cluster.plan().blocked, []);
    approve(["root"]);
    assert.deepEqual(cluster.converge(), ["destroy web"]);
    assert.equal(cluster.volumes.size, 0);
  });

  it("destroys no other VM of the same name, and no other volume of the same disk's name", () => {
    const cluster = new ModelCluster([...two, sharedPool, vm("web", { disk: "10GiB" })]);
    cluster.running("web", "hv1").edit(vmId("web"), { state: "absent" });
    cluster.plan();
    const meant = approval(cluster, "web", ["root"]);
    cluster.requests.push({ ...meant, uuid: "of an earlier web" }, { ...meant, uuid: null });
    assert.deepEqual(cluster.converge(), []);
    assert.equal(cluster.plan().blocked[0]?.reason.code, "approval-needed");
    cluster.requests.push(approval(cluster, "web", ["root"], { root: "default/another" }));
    const destroy = cluster.plan().steps.find(({ step }) => step.kind === "destroy");
    assert.equal(destroy?.step.kind === "destroy" ? destroy.step.disks.length : null, 0);
    cluster.requests.push(approval(cluster, "web", ["root"], { root: "default/web-root" }));
    const both = cluster.plan().steps.find(({ step }) => step.kind === "destroy");
    assert.equal(both?.step.kind === "destroy" ? both.step.disks.length : null, 1);
  });

  it("stops at `protect` and at the bound, each on its own", () => {
    const cluster = new ModelCluster([...two, vm("a", { protect: true }), vm("b"), vm("c")]);
    for (const name of ["a", "b", "c"]) {
      cluster.running(name, "hv1").edit(vmId(name), { state: "absent" });
      cluster.plan();
      cluster.requests.push({ ...approval(cluster, name, []), id: name });
    }
    cluster.overBound = new Set(["b", "c"]);
    const reasons = new Map(cluster.plan().blocked.map((b) => [b.object.name, b.reason.code]));
    assert.deepEqual(
      [...reasons],
      [
        ["a", "protected"],
        ["b", "destroy-bound"],
        ["c", "destroy-bound"],
      ],
    );
    cluster.overBound = new Set();
    assert.deepEqual(cluster.converge().sort(), ["destroy b", "destroy c", "stop b", "stop c"]);
  });

  it("keeps a VM's disk through two renames, and when the line that told of them is gone", () => {
    const cluster = new ModelCluster([...two, sharedPool, vm("first", { disk: "1GiB" })]);
    cluster.running("first", "hv1").remove(vmId("first"));
    cluster.put(vm("second", { disk: "1GiB", renamedFrom: "first" })).converge();
    cluster.put(vm("second", { disk: "1GiB" })).converge();
    cluster
      .remove(vmId("second"))
      .put(vm("third", { disk: "1GiB", renamedFrom: "second" }))
      .converge();
    cluster.put(vm("third", { disk: "1GiB" })).ends("third", "crash");
    cluster.now += 60_000;
    const step = cluster.plan().steps[0]?.step;
    const disk = step?.kind === "start" ? step.spec.disks[0] : undefined;
    assert.deepEqual(disk?.source === "volume" ? [disk.volume, disk.create] : null, ["first-root", false]);
    assert.deepEqual(cluster.plan().drift, []);
  });

  it("renames a running VM without touching the guest", () => {
    const cluster = new ModelCluster([...two, vm("old")]);
    cluster
      .running("old", "hv1")
      .remove(vmId("old"))
      .put(vm("new", { renamedFrom: "old" }));
    assert.deepEqual(
      cluster.plan().steps.map(({ step }) => step.kind),
      ["rename"],
    );
    assert.deepEqual(cluster.plan().drift, []);
    assert.deepEqual(cluster.converge(), ["rename new"]);
    assert.equal(cluster.domain("new").domainId, "old-1");
    assert.equal(cluster.placements.has("old"), false);
  });
});

describe("a node whose document is removed", () => {
  it("stays, takes nothing, and keeps its VMs until it is empty", () => {
    const cluster = new ModelCluster([...two, vm("old"), vm("new")], { hv1: { memoryGiB: 64 } });
    cluster.running("old", "hv1").remove("Node/hv1").converge();
    assert.deepEqual([cluster.nodeOf("old"), cluster.nodeOf("new")], ["hv1", "hv2"]);
    assert.equal(cluster.plan().nodes.get("hv1")?.state, "leaving");
    assert.deepEqual(
      cluster.plan().blocked.map((b) => [b.object.kind, b.reason.code]),
      [["Node", "node-leaving"]],
    );
  });

  it("is gone once nothing is left of it", () => {
    const cluster = new ModelCluster([...two]);
    cluster.remove("Node/hv1").silent.add("hv1");
    assert.deepEqual([...cluster.plan().nodes.keys()], ["hv2"]);
  });
});
