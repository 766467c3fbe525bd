// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/** The life of VMs on three real libvirt nodes: one cluster, and one guest after the other is put through it. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { RealCluster } from "../support/real/real-cluster.ts";

/** On node1; the others are at home on node2 and node3. */
const webs = ["web1", "web2", "web3", "web4"] as const;
const all = [...webs, "db2", "db3"] as const;

describe("a cluster of real libvirt nodes", () => {
  let cluster: RealCluster;
  before(async () => {
    cluster = await RealCluster.start();
  });
  after(() => cluster.stop());

  const isRunning = ({ state }: { readonly state: string }) => state === "running";

  it("comes from documents to guests that run", async () => {
    for (const name of webs) await cluster.writeVm(name, { node: "node1" });
    await cluster.writeVm("web3", { node: "node1", shutdown: { timeout: "3s" } });
    for (const number of [2, 3]) await cluster.writeVm(`db${number}`, { node: `node${number}` });
    await cluster.apply();
    await cluster.untilVms(all, isRunning);
    for (const name of all) {
      await cluster.up(name);
      await cluster.consoles.prove(name, 1);
    }
  });

  it("migrates a VM live, and shows how far it is", async () => {
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
    assert.deepEqual(await cluster.running("node2"), ["db2", "web1"]);
    await cluster.consoles.prove("web1", 1);
  });

  it("brings it home where `migrate:` goes", async () => {
    await cluster.succeed("vm", "unmigrate", "web1", "-y", "--wait");
    assert.deepEqual(await cluster.running("node1"), [...webs]);
    await cluster.consoles.prove("web1", 1);
  });

  it("calls a migration off where its line is taken away, and the guest never leaves", async () => {
    const { pid } = await cluster.process("web2");
    await cluster.slowDown("web2");
    await cluster.succeed("vm", "migrate", "web2", "--to", "node3", "-y", "--no-wait");
    await cluster.untilOnItsWay("web2");
    await cluster.succeed("vm", "unmigrate", "web2", "-y", "--wait");
    await cluster.untilVms(["web2"], ({ state, node }) => state === "running" && node === "node1");
    assert.deepEqual(await cluster.process("web2"), { node: "node1", pid });
    assert.deepEqual(await cluster.running("node3"), ["db3"]);
    await cluster.speedUp("web2");
    await cluster.consoles.prove("web2", 1);
  });

  it("flushes a node of four guests, live, and brings them home", async () => {
    await cluster.succeed("node", "flush", "node1", "-y", "--wait");
    assert.deepEqual(await cluster.running("node1"), []);
    assert.equal(
      (await cluster.running("node2")).length + (await cluster.running("node3")).length,
      all.length,
    );
    await cluster.succeed("node", "ready", "node1", "-y", "--wait");
    await cluster.untilVms(webs, ({ state, node }) => state === "running" && node === "node1");
    assert.deepEqual(await cluster.running("node1"), [...webs]);
    for (const name of webs) await cluster.consoles.prove(name, 1);
  });

  it("shuts a guest down that obeys its power button", async () => {
    await cluster.succeed("vm", "shutdown", "db3", "-y", "--wait");
    assert.match(await cluster.console("db3"), /GUEST-POWEROFF/u);
    assert.deepEqual(await cluster.running("node3"), []);
  });

  it("cuts one that does not, once its time is over", async () => {
    await cluster.guests.tell(cluster.node("node1").machine, "web3", "deaf");
    await cluster.succeed("vm", "shutdown", "web3", "-y", "--wait");
    assert.doesNotMatch(await cluster.console("web3"), /GUEST-POWEROFF/u);
    assert.deepEqual(await cluster.running("node1"), ["web1", "web2", "web4"]);
  });

  it("starts both again when they are wanted", async () => {
    await cluster.succeed("vm", "start", "web3", "db3", "-y", "--wait");
    for (const name of ["web3", "db3"]) {
      await cluster.up(name, 2);
      await cluster.consoles.prove(name, 2);
    }
  });

  it("leaves a guest alone whose shutdown is called off", async () => {
    const before = await cluster.process("web4");
    await cluster.guests.tell(cluster.node("node1").machine, "web4", "deaf");
    await cluster.succeed("vm", "shutdown", "web4", "-y", "--no-wait");
    await cluster.untilStep("web4", "was asked to shut down", ({ kind, phase }) => {
      return kind === "stop" && phase === "running";
    });
    await cluster.succeed("vm", "start", "web4", "-y", "--wait");
    await cluster.untilVms(["web4"], isRunning);
    assert.deepEqual(await cluster.process("web4"), before);
    await cluster.consoles.prove("web4", 1);
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

  it("has nothing left to do", async () => {
    assert.equal((await cluster.keel("plan", "--detailed-exitcode")).exit, 0);
    for (const name of all)
      await cluster.consoles.prove(name, { web3: 2, db2: 3, db3: 3 }[name as string] ?? 1);
  });
});
