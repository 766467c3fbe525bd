import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Scene } from "../../support/cluster/scene.ts";
import { vm, vmId } from "../../support/plan/model-cluster.ts";

describe("the control loop", () => {
  it("brings a cluster to what was applied", async () => {
    const scene = await new Scene().begin(
      vm("a", { node: "hv1" }),
      vm("b", { limits: ["hv2"] }),
      vm("c", { state: "stopped" }),
    );
    await scene.advance(5_000);
    assert.deepEqual(
      scene.report().vms.map((v) => [v.name, v.state, v.node]),
      [
        ["a", "running", "hv1"],
        ["b", "running", "hv2"],
        ["c", "stopped", null],
      ],
    );
    assert.deepEqual(scene.report().blocked, []);
    await scene.end();
  });

  it("migrates live, hands over once, and moves the placement with the guest", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1", memory: "4GiB" }));
    await scene.advance(5_000);
    await scene.edit(vmId("web"), { migrate: "hv2" });
    await scene.advance(4_000);
    assert.equal(scene.vm("web").state, "migrating");
    assert.ok((scene.vm("web").step?.percent ?? 0) > 0);
    await scene.advance(10_000);
    const { state, node, home, displaced, epoch } = scene.vm("web");
    assert.deepEqual(
      { state, node, home, displaced, epoch },
      { state: "running", node: "hv2", home: "hv1", displaced: "migrate", epoch: 2 },
    );
    assert.deepEqual(scene.story("web"), ["start hv1", "migrate-begin hv1", "migrate-end hv1", "resume hv2"]);
    await scene.end();
  });

  it("lets go of a shutdown when the intent changes back, and does not cut at the time-out", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("stubborn", { shutdown: { timeout: "180s" } }));
    await scene.advance(5_000);
    scene.cluster.network.habits.setAcpi("stubborn", "ignore");
    await scene.edit(vmId("stubborn"), { state: "stopped" });
    await scene.advance(30_000);
    assert.equal(scene.vm("stubborn").state, "stopping");
    await scene.edit(vmId("stubborn"), { state: "running" });
    await scene.advance(600_000);
    assert.equal(scene.vm("stubborn").state, "running");
    assert.deepEqual(scene.story("stubborn"), ["start hv1"]);
    await scene.end();
  });

  it("aborts a migration that the opposite edit makes pointless: the guest never leaves", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1", memory: "8GiB" }));
    await scene.advance(5_000);
    await scene.edit(vmId("web"), { migrate: "hv2" });
    await scene.advance(6_000);
    await scene.edit(vmId("web"), { migrate: null });
    await scene.advance(60_000);
    assert.deepEqual([scene.vm("web").state, scene.vm("web").node], ["running", "hv1"]);
    assert.deepEqual(scene.story("web").slice(-2), ["migrate-end hv1", "discard hv2"]);
    assert.equal(
      scene.guests.some((e) => e.kind === "migrate-end" && e.result !== "aborted"),
      false,
    );
    await scene.end();
  });

  it("turns a flush round in the middle: everything is home again", async () => {
    const names = ["a", "b", "c"];
    const scene = await new Scene(["hv1", "hv2"]).begin(
      ...names.map((name) => vm(name, { memory: "2GiB", node: "hv1" })),
    );
    await scene.advance(5_000);
    await scene.edit("Node/hv1", { state: "flushed" });
    await scene.advance(6_000);
    await scene.edit("Node/hv1", { state: "ready" });
    await scene.advance(60_000);
    for (const name of names)
      assert.deepEqual([scene.vm(name).state, scene.vm(name).node], ["running", "hv1"]);
    assert.equal(scene.report().nodes[0]?.state, "ready");
    await scene.end();
  });

  it("restarts a crashed guest where it was", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv2" }));
    await scene.advance(5_000);
    scene.cluster.machine("hv2").crash("web");
    await scene.advance(30_000);
    assert.equal(scene.vm("web").state, "running");
    assert.deepEqual(scene.story("web"), ["start hv2", "stop hv2", "start hv2"]);
    await scene.end();
  });

  it("starts guests again at once, on the same node, when that has rebooted", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1", restart: { policy: "never" } }));
    await scene.advance(5_000);
    const machine = scene.cluster.machine("hv1");
    machine.powerOff();
    scene.cluster.kill("agent/hv1");
    scene.cluster.kill("heartbeat/hv1");
    await scene.advance(60_000);
    machine.powerOn();
    scene.cluster.startPart("hv1", "heartbeat");
    scene.cluster.startPart("hv1", "agent");
    await scene.advance(5_000);
    assert.deepEqual([scene.vm("web").state, scene.vm("web").node], ["running", "hv1"]);
    assert.deepEqual(scene.story("web"), ["start hv1", "stop hv1", "start hv1"]);
    await scene.end();
  });

  it("starts nothing elsewhere when a node dies without proof of it", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1" }));
    await scene.advance(5_000);
    scene.cluster.machine("hv1").powerOff();
    scene.cluster.kill("agent/hv1");
    scene.cluster.kill("heartbeat/hv1");
    await scene.advance(300_000);
    assert.deepEqual([scene.vm("web").state, scene.vm("web").node], ["unknown", "hv1"]);
    assert.equal(scene.report().nodes[0]?.state, "fence-failed");
    assert.deepEqual(scene.story("web"), ["start hv1", "stop hv1"]);
    await scene.end();
  });

  it("goes on with another leader where the first was killed in the middle of a migration", async () => {
    const scene = await new Scene().begin(vm("web", { node: "hv1", memory: "4GiB" }));
    scene.cluster.startReconciler("r2");
    await scene.advance(5_000);
    await scene.edit(vmId("web"), { migrate: "hv2" });
    await scene.advance(3_000);
    scene.cluster.kill("reconciler/r1");
    await scene.advance(60_000);
    assert.deepEqual([scene.vm("web").state, scene.vm("web").node], ["running", "hv2"]);
    assert.equal(scene.report().leader, "r2");
    assert.deepEqual(scene.story("web"), ["start hv1", "migrate-begin hv1", "migrate-end hv1", "resume hv2"]);
    await scene.end();
  });

  it("kills no guest and starts none twice when an agent is killed at any moment of a start or a migration", async () => {
    for (let killAt = 0; killAt <= 10_000; killAt += 500) {
      const scene = await new Scene(["hv1", "hv2"]).begin(vm("web", { node: "hv1", memory: "2GiB" }));
      const killing = scene.clock.timer(killAt, () => {
        for (const node of ["hv1", "hv2"] as const) {
          scene.cluster.kill(`agent/${node}`);
          scene.cluster.startPart(node, "agent");
        }
      });
      await scene.advance(2_500);
      await scene.edit(vmId("web"), { migrate: "hv2" });
      await scene.advance(120_000);
      killing();
      assert.deepEqual(
        [scene.vm("web").state, scene.vm("web").node],
        ["running", "hv2"],
        `killed at ${String(killAt)}`,
      );
      assert.equal(
        scene.story("web").filter((event) => event.startsWith("start")).length,
        1,
        `killed at ${String(killAt)}`,
      );
      await scene.end();
    }
  });
});
