// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio, bindfs
/** VMs that move between three real libvirt nodes, live. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RealCluster } from "../support/real/real-cluster.ts";

const webs = ["web1", "web2", "web3", "web4"] as const;

describe("VMs on real libvirt nodes", () => {
  let cluster: RealCluster;
  before(async () => {
    cluster = await RealCluster.start();
    const [disks, shared] = ["disks", "shared"].map((name) => join(cluster.folder, name));
    assert.ok(disks !== undefined && shared !== undefined);
    for (const folder of [disks, shared]) await mkdir(folder);
    for (const { machine } of cluster.nodes) await machine.mountShared(disks, shared);
    await cluster.write({ kind: "StoragePool", name: "vms", type: "dir", shared: true, path: shared });
    for (const name of webs) await cluster.writeVm(name, { node: "node1" });
    const root = { name: "root", volume: "vms/web1-root", size: "8MiB" };
    await cluster.writeVm("web1", { node: "node1", disks: [root] });
    await cluster.apply();
    for (const name of webs) await cluster.up(name);
  });
  after(() => cluster.stop());

  /** The guest writes to its disk each second. Resolves with how often, once it has read all of it back. */
  const readBack = async (node: string): Promise<number> => {
    await cluster.guests.tell(cluster.node(node).machine, "web1", "disk");
    const told = await cluster.console("web1");
    assert.doesNotMatch(told, /GUEST-LOST/u);
    const counts = [...told.matchAll(/GUEST-DISK [0-9a-f-]{36} (\d+)/gu)].map(([, count]) => Number(count));
    return Math.max(...counts);
  };

  it("migrate live, and show how far they are", async () => {
    const written = await readBack("node1");
    await cluster.slowDown("web1");
    const migrating = cluster.succeed("vm", "migrate", "web1", "--to", "node2", "-y");
    const percents = new Set<number>();
    await cluster.until("more and more of web1 has moved", ({ vms }) => {
      const step = vms.find(({ name }) => name === "web1")?.step;
      if (step?.kind === "migrate" && step.percent !== null) percents.add(step.percent);
      return percents.size >= 3;
    });
    assert.deepEqual(
      [...percents],
      [...percents].sort((a, b) => a - b),
    );
    await cluster.speedUp("web1");
    await migrating;
    await cluster.untilVms(["web1"], ({ state, node, home }) => {
      return state === "running" && node === "node2" && home === "node1";
    });
    assert.deepEqual(await cluster.running("node2"), ["web1"]);
    assert.ok((await readBack("node2")) > written);
    await cluster.consoles.prove("web1", 1);
  });

  it("come home where `migrate:` goes", async () => {
    await cluster.succeed("vm", "unmigrate", "web1", "-y", "--wait");
    assert.deepEqual(await cluster.running("node1"), [...webs]);
    await cluster.consoles.prove("web1", 1);
  });

  it("stay where they are where that line is taken away on the way", async () => {
    const { pid } = await cluster.process("web2");
    await cluster.slowDown("web2");
    await cluster.succeed("vm", "migrate", "web2", "--to", "node3", "-y", "--no-wait");
    await cluster.untilOnItsWay("web2");
    await cluster.succeed("vm", "unmigrate", "web2", "-y", "--wait");
    await cluster.untilVms(["web2"], ({ state, node }) => state === "running" && node === "node1");
    assert.deepEqual(await cluster.process("web2"), { node: "node1", pid });
    assert.deepEqual(await cluster.running("node3"), []);
    await cluster.speedUp("web2");
    await cluster.consoles.prove("web2", 1);
  });

  it("leave a node that is flushed, all four, and come home once it is ready", async () => {
    await cluster.succeed("node", "flush", "node1", "-y", "--wait");
    assert.deepEqual(await cluster.running("node1"), []);
    const elsewhere = [...(await cluster.running("node2")), ...(await cluster.running("node3"))];
    assert.deepEqual(elsewhere.sort(), [...webs]);
    await cluster.succeed("node", "ready", "node1", "-y", "--wait");
    await cluster.untilVms(webs, ({ state, node }) => state === "running" && node === "node1");
    assert.deepEqual(await cluster.running("node1"), [...webs]);
    for (const name of webs) await cluster.consoles.prove(name, 1);
    await readBack("node1");
  });
});
