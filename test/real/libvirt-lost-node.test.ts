// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/** A whole real node that dies, or hangs, without a power device that could prove anything. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { NodeReport } from "../../reconciler/model/report.ts";
import { RealCluster } from "../support/real/real-cluster.ts";

describe("a real libvirt node", { timeout: 400_000 }, () => {
  let cluster: RealCluster;
  before(async () => {
    cluster = await RealCluster.start({ cluster: { fencing: { lease: "6s", grace: "4s" } } });
    for (const name of ["web", "mail"]) await cluster.writeVm(name, { node: "node1" });
    await cluster.writeVm("db", { node: "node2" });
    await cluster.apply();
    for (const name of ["web", "mail", "db"]) await cluster.up(name);
  });
  after(() => cluster.stop());

  const isLost = ({ state, reason }: NodeReport) =>
    state === "fence-failed" && reason.code === "no-fence-method";

  it("that died: its VMs are unknown, and nothing of it is started elsewhere", async () => {
    await cluster.node("node1").crash();
    await cluster.untilNode("node1", isLost, "is lost, and cannot be proven off");
    for (const name of ["web", "mail"]) {
      const { state, node } = cluster.vm(name);
      assert.deepEqual({ state, node }, { state: "unknown", node: "node1" });
    }
    assert.deepEqual([await cluster.running("node2"), await cluster.running("node3")], [["db"], []]);
    const { exit } = await cluster.keel("apply", "-y");
    assert.equal(exit, 0);
    assert.deepEqual([await cluster.running("node2"), await cluster.running("node3")], [["db"], []]);
  });

  it("that is switched on again: another boot proves them dead, and they start where they belong", async () => {
    await cluster.node("node1").boot();
    await cluster.untilVms(["web", "mail"], ({ state, node }) => state === "running" && node === "node1");
    for (const name of ["web", "mail"]) {
      await cluster.up(name, 2);
      await cluster.consoles.prove(name, 2);
    }
    await cluster.consoles.prove("db", 1);
  });

  it("that hangs while a VM comes in: the VM goes on where it was, and arrives once the node is back", async () => {
    await cluster.slowDown("db");
    await cluster.succeed("vm", "migrate", "db", "--to", "node3", "-y", "--no-wait");
    await cluster.untilOnItsWay("db");
    await cluster.node("node3").freeze();
    await cluster.untilNode("node3", isLost, "is lost, and cannot be proven off");
    assert.deepEqual(await cluster.running("node2"), ["db"]);
    await cluster.speedUp("db");
    await cluster.node("node3").thaw();
    await cluster.untilVms(["db"], ({ state, node }) => state === "running" && node === "node3");
    assert.deepEqual([await cluster.running("node2"), await cluster.running("node3")], [[], ["db"]]);
    await cluster.consoles.prove("db", 1);
  });

  it("that hangs while a VM leaves it: nothing is started, and the VM goes on once the node does", async () => {
    await cluster.slowDown("web");
    await cluster.succeed("vm", "migrate", "web", "--to", "node2", "-y", "--no-wait");
    await cluster.untilOnItsWay("web");
    await cluster.node("node1").freeze();
    await cluster.untilNode("node1", isLost, "is lost, and cannot be proven off");
    assert.equal(cluster.vm("web").state, "unknown");
    assert.deepEqual([await cluster.running("node2"), await cluster.running("node3")], [[], ["db"]]);
    await cluster.node("node1").thaw();
    await cluster.speedUp("web");
    await cluster.untilVms(["web"], ({ state, node }) => state === "running" && node === "node2");
    await cluster.consoles.prove("web", 2);
    await cluster.consoles.prove("mail", 2);
  });
});
