// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ManagedNode } from "../support/libvirt/managed-node.ts";

describe("edits of a VM that runs, on a real libvirt", () => {
  let managed: ManagedNode;
  let pid: readonly number[];
  const write = (more: string) =>
    managed.write("web.yaml", `kind: VM\nname: web\nmemory: 128MiB\ncpus: 1\n${more}`);
  const iso = (name: string) => `${managed.folder}/${name}.iso`;

  before(async () => {
    managed = await ManagedNode.start();
    for (const name of ["a", "b"]) await managed.node.exec("truncate", "-s", "1M", iso(name));
    await managed.node.addBridge("br0");
    await write(`disks: [{name: cd, file: ${iso("a")}}]\n`);
    await managed.must("apply -y");
    await managed.untilRunning("web");
    pid = await managed.node.pidsOf("guest=web,");
  });
  after(() => managed[Symbol.asyncDispose]());

  const applied = async () => {
    await managed.must("apply -y");
    assert.deepEqual([managed.plan.steps, managed.plan.drift], [[], []]);
    assert.deepEqual(await managed.node.pidsOf("guest=web,"), pid);
  };

  it("plug in what is added, and put another medium into a drive", async () => {
    const network = "---\nkind: Network\nname: lan\ntype: bridge\nbridge: br0\n";
    const disks = `disks: [{name: cd, file: ${iso("b")}}, {name: data, size: 8MiB}]\n`;
    await write(`${disks}nics: [{name: eth0, network: lan}]\n${network}`);
    await applied();
    const blocks = await managed.node.virsh("domblklist", "web");
    assert.match(blocks, /sda\s+\S+\/b\.iso/);
    assert.match(blocks, /sdb\s+\S+\/web-data\.qcow2/);
    assert.match(await managed.node.virsh("domiflist", "web"), /bridge\s+br0\s+virtio/);
  });

  it("do not get a device away from a guest that does not let go; that waits for a restart, and says so", async () => {
    await write(`disks: [{name: cd, file: ${iso("b")}}, {name: data, size: 8MiB}]\n`);
    await managed.keel("apply -y");
    await managed.until("it was given up", () => managed.plan.drift.some((one) => one.kind === "pending"));
    assert.match(
      await managed.must("drift"),
      /nics is eth0=lan, none is wanted \(not while it runs:\s+the guest does not let go of\s+a network card\)/,
    );
    assert.deepEqual(managed.plan.steps, []);
    assert.deepEqual(await managed.node.pidsOf("guest=web,"), pid);
  });
});
