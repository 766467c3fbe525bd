// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/** What is killed in the middle of a live migration between real libvirt nodes does not change where it ends (law 10). */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Killer } from "../support/real/killer.ts";
import { RealCluster } from "../support/real/real-cluster.ts";

describe("a live migration", () => {
  let cluster: RealCluster;
  let killer: Killer;
  before(async () => {
    cluster = await RealCluster.start();
    killer = new Killer(cluster);
    await cluster.writeVm("web", { node: "node1" });
    await cluster.apply();
    await cluster.up("web");
  });
  after(() => cluster.stop());

  const victims: readonly (readonly [string, () => Promise<void>])[] = [
    ["the agent that sends it", () => killer.agent("node1")],
    ["the agent that takes it", () => killer.agent("node2")],
    ["the libvirtd that sends it", () => killer.libvirtd("node1")],
    ["the libvirtd that takes it", () => killer.libvirtd("node2")],
    ["the reconciler", () => killer.reconciler()],
  ];
  for (const [who, kill] of victims) {
    it(`arrives, and its guest runs on, whatever is killed meanwhile: ${who}`, async () => {
      await cluster.slowDown("web");
      await cluster.succeed("vm", "migrate", "web", "--to", "node2", "-y", "--no-wait");
      await cluster.untilOnItsWay("web");
      await kill();
      await cluster.speedUp("web");
      await cluster.untilVms(["web"], ({ state, node }) => state === "running" && node === "node2");
      assert.deepEqual([await cluster.running("node1"), await cluster.running("node2")], [[], ["web"]]);
      await cluster.succeed("vm", "unmigrate", "web", "-y", "--wait");
      assert.deepEqual([await cluster.running("node1"), await cluster.running("node2")], [["web"], []]);
      await cluster.consoles.prove("web", 1);
    });
  }
});
