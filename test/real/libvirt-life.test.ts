// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/** The life of VMs on three real libvirt nodes: one cluster, and one guest after the other is put through it. */
import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { RealCluster } from "../support/real/real-cluster.ts";

/** On node1; db2 is at home on node2, and db3, which has a disk and a card, first on node1 and then on node3. */
const webs = ["web1", "web2", "web3"] as const;
const all = [...webs, "db2", "db3"] as const;

describe("a cluster of real libvirt nodes", { timeout: 400_000 }, () => {
  let cluster: RealCluster;
  let inode: number;
  before(async () => {
    cluster = await RealCluster.start();
  });
  after(() => cluster.stop());

  const isRunning = ({ state }: { readonly state: string }) => state === "running";

  /** All nodes see it. */
  const pool = () => join(cluster.folder, "pool");
  const image = () => join(pool(), "db3-root.qcow2");
  const devicesOfDb3 = async (node: string) => {
    const { machine } = cluster.node(node);
    assert.match(await machine.virsh("domblklist", "db3"), new RegExp(`vda +${image()}`, "u"));
    assert.match(await machine.virsh("domiflist", "db3"), / bridge +br0 +virtio /u);
    return (await stat(image())).ino;
  };

  it("comes from documents to guests that run", async () => {
    for (const name of webs) await cluster.writeVm(name, { node: "node1" });
    await cluster.writeVm("web3", { node: "node1", shutdown: { timeout: "3s" } });
    await cluster.writeVm("db2", { node: "node2" });
    await cluster.write({ kind: "StoragePool", name: "vms", type: "dir", shared: true, path: pool() });
    await cluster.write({ kind: "Network", name: "lan", type: "bridge", bridge: "br0" });
    for (const { machine } of cluster.nodes) await machine.addBridge("br0");
    const disks = [{ name: "root", volume: "vms/db3-root", size: "8MiB" }];
    await cluster.writeVm("db3", { node: "node1", disks, nics: [{ name: "eth0", network: "lan" }] });
    await cluster.apply();
    await cluster.untilVms(all, isRunning);
    for (const name of all) {
      await cluster.up(name);
      await cluster.consoles.prove(name, 1);
    }
    inode = await devicesOfDb3("node1");
  });

  it("tells what processor a guest has, and which ones its node can show", () => {
    const observed = cluster.feed.state.nodes.get("node1");
    const domain = observed?.domains.get("web1");
    assert.ok(domain !== undefined && domain.state !== "off");
    assert.equal(domain.processor, "qemu64");
    const processors = observed?.status?.supports.processors;
    assert.ok(processors !== undefined);
    assert.ok(processors.models.includes("qemu64"));
    assert.match(processors.host, /^[0-9a-f]{16}$/u);
  });

  it("shuts a guest down that obeys its power button", async () => {
    await cluster.succeed("vm", "shutdown", "db3", "-y", "--wait");
    assert.match(await cluster.console("db3"), /GUEST-POWEROFF/u);
    assert.deepEqual(await cluster.running("node1"), [...webs]);
  });

  it("cuts one that does not, once its time is over", async () => {
    await cluster.guests.tell(cluster.node("node1").machine, "web3", "deaf");
    await cluster.succeed("vm", "shutdown", "web3", "-y", "--wait");
    assert.doesNotMatch(await cluster.console("web3"), /GUEST-POWEROFF/u);
    assert.deepEqual(await cluster.running("node1"), ["web1", "web2"]);
  });

  it("starts both again when they are wanted, one on another node, with the disk that it had", async () => {
    await cluster.succeed("vm", "move", "db3", "--to", "node3", "-y");
    await cluster.succeed("vm", "start", "web3", "db3", "-y", "--wait");
    for (const name of ["web3", "db3"]) {
      await cluster.up(name, 2);
      await cluster.consoles.prove(name, 2);
    }
    assert.equal(await devicesOfDb3("node3"), inode);
  });

  it("leaves a guest alone whose shutdown is called off", async () => {
    const before = await cluster.process("web2");
    await cluster.guests.tell(cluster.node("node1").machine, "web2", "deaf");
    await cluster.succeed("vm", "shutdown", "web2", "-y", "--no-wait");
    await cluster.untilStep("web2", "was asked to shut down", ({ kind, phase }) => {
      return kind === "stop" && phase === "running";
    });
    await cluster.succeed("vm", "start", "web2", "-y", "--wait");
    await cluster.untilVms(["web2"], isRunning);
    assert.deepEqual(await cluster.process("web2"), before);
    await cluster.consoles.prove("web2", 1);
  });

  it("restarts a guest that crashed, where it was", async () => {
    const { pid } = await cluster.process("db2");
    await cluster.guests.kill(cluster.node("node2").machine, "db2");
    await cluster.up("db2", 2);
    await cluster.untilVms(["db2"], ({ state, node }) => state === "running" && node === "node2");
    assert.notEqual((await cluster.process("db2")).pid, pid);
    await cluster.consoles.prove("db2", 2);
  });

  it("leaves a guest off that switched itself off, until it is asked for", async () => {
    await cluster.guests.tell(cluster.node("node3").machine, "db3", "off");
    await cluster.untilVms(["db3"], ({ state, reason }) => {
      return state === "stopped" && reason.code === "ended-by-guest";
    });
    await cluster.apply();
    assert.deepEqual(await cluster.running("node3"), []);
    await cluster.succeed("vm", "restart", "db3", "--wait");
    await cluster.up("db3", 3);
    await cluster.consoles.prove("db3", 3);
  });

  it("shows what was set by hand, and sets it back when told to", async () => {
    const { machine } = cluster.node("node1");
    await machine.virsh("setmem", "web1", "76MiB", "--live");
    await cluster.until("the memory of web1 is drift", ({ drift }) =>
      drift.some(({ kind, object, field }) => kind === "drift" && object === "VM/web1" && field === "memory"),
    );
    await cluster.apply();
    await cluster.until("nothing of web1 is drift", ({ drift }) =>
      drift.every(({ object }) => object !== "VM/web1"),
    );
    await cluster.consoles.prove("web1", 1);
  });

  it("takes a guest that was destroyed by hand for one that crashed", async () => {
    await cluster.node("node2").machine.virsh("destroy", "db2");
    await cluster.up("db2", 3);
    await cluster.untilVms(["db2"], isRunning);
    await cluster.consoles.prove("db2", 3);
  });

  it("lets no other VM wait for a guest whose process hangs, and is able to end that one", async () => {
    const { machine } = cluster.node("node1");
    process.kill((await cluster.process("web2")).pid, "SIGSTOP");
    // From now on libvirt has something that waits for its process, and lets what concerns it wait for that.
    const press = machine.tryVirsh("shutdown", "web2", "--mode", "acpi");
    await cluster.succeed("vm", "migrate", "web1", "--to", "node2", "-y", "--wait");
    await cluster.succeed("vm", "poweroff", "web2", "-y", "--wait");
    assert.deepEqual(await cluster.running("node1"), ["web3"]);
    await press;
    await cluster.succeed("vm", "unmigrate", "web1", "-y", "--wait");
    await cluster.succeed("vm", "start", "web2", "-y", "--wait");
    await cluster.up("web2", 2);
    await cluster.consoles.prove("web2", 2);
  });

  it("has nothing left to do", async () => {
    assert.equal((await cluster.keel("plan", "--detailed-exitcode")).exit, 0);
    for (const name of all)
      await cluster.consoles.prove(name, { web2: 2, web3: 2, db2: 3, db3: 3 }[name as string] ?? 1);
  });
});
