// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
import { after, before, describe, it } from "node:test";
import { RealCluster } from "../support/real/real-cluster.ts";

describe("a cluster of real libvirt nodes", () => {
  let cluster: RealCluster;
  before(async () => {
    cluster = await RealCluster.start();
  });
  after(() => cluster.stop());

  it("comes from documents to guests that run", async () => {
    const names = ["web1", "web2", "web3"];
    for (const [index, name] of names.entries()) await cluster.writeVm(name, { node: `node${index + 1}` });
    await cluster.apply();
    await cluster.untilVms(names, ({ state }) => state === "running", "run");
    for (const [index, name] of names.entries()) {
      const node = cluster.node(`node${index + 1}`);
      await cluster.guests.up(node.machine, name);
      await cluster.consoles.prove(name, 1);
    }
  });
});
