// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio, ipmi_sim, ipmitool, fence_ipmilan
/** A real libvirt node that dies behind a power device: its guests boot elsewhere, and come home live. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RealCluster } from "../support/real/real-cluster.ts";

describe("a real libvirt node with a power device", { timeout: 400_000 }, () => {
  let cluster: RealCluster;
  before(async () => {
    cluster = await RealCluster.start({ cluster: { fencing: { lease: "6s", grace: "4s" } }, power: true });
    for (const name of ["web", "mail"]) await cluster.writeVm(name, { node: "node1" });
    await cluster.writeVm("db", { node: "node2" });
    await cluster.apply();
    for (const name of ["web", "mail", "db"]) await cluster.up(name);
    const isBound = () => cluster.nodes.every(({ name }) => cluster.feed.state.bindings.seen.has(name));
    await cluster.until("every power device is bound", isBound);
  });
  after(() => cluster.stop());

  it("that died is proven off, and its guests boot on the others", async () => {
    await cluster.node("node1").crash();
    await cluster.untilVms(["web", "mail"], ({ state, node }) => state === "running" && node !== "node1");
    assert.deepEqual(cluster.node("node1").power.calls[0], "power 0");
    for (const name of ["web", "mail"]) {
      await cluster.up(name, 2);
      await cluster.consoles.prove(name, 2);
    }
    await cluster.consoles.prove("db", 1);
  });

  it("is switched on again and waits; once it is acknowledged, its guests come home live", async () => {
    await cluster.untilNode(
      "node1",
      ({ reason }) => reason.code === "node-quarantined",
      "is back, in quarantine",
    );
    assert.deepEqual(await cluster.running("node1"), []);
    await cluster.succeed("node", "ready", "node1", "-y");
    await cluster.untilVms(["web", "mail"], ({ state, node }) => state === "running" && node === "node1");
    assert.deepEqual(await cluster.running("node1"), ["mail", "web"]);
    for (const name of ["web", "mail"]) await cluster.consoles.prove(name, 2);
    await cluster.consoles.prove("db", 1);
    assert.equal((await cluster.keel("plan", "--detailed-exitcode")).exit, 0);
  });
});
