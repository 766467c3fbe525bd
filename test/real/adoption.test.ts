// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ManagedNode } from "../support/libvirt/managed-node.ts";

const uuid = "7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001";

const domainXml = (name: string, id: string, devices: string) => `<domain type='qemu'>
  <name>${name}</name><uuid>${id}</uuid>
  <metadata><other:app xmlns:other='urn:other'>theirs</other:app></metadata>
  <memory unit='MiB'>96</memory><vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
  <devices>${devices}<serial type='pty'/><video><model type='none'/></video></devices>
</domain>`;

describe("a guest that was started with virsh", () => {
  let managed: ManagedNode;
  let pid: readonly number[];
  const pids = () => managed.node.pidsOf("guest=Web_1,");
  const cluster = (file: string) => join(managed.folder, "cluster.d", file);

  before(async () => {
    managed = await ManagedNode.start();
    await managed.node.addBridge("br0");
    const disk = `${managed.folder}/theirs.qcow2`;
    await managed.node.exec("qemu-img", "create", "-q", "-f", "qcow2", disk, "8M");
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
      <interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>`;
    const file = `${managed.folder}/theirs.xml`;
    await writeFile(file, domainXml("Web_1", uuid, devices));
    await managed.node.virsh("define", file);
    await managed.node.virsh("start", "Web_1");
    await managed.node.virsh("autostart", "Web_1");
    pid = await pids();
    const off = `${managed.folder}/off.xml`;
    await writeFile(off, domainXml("off", "7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0002", ""));
    await managed.node.virsh("define", off);
    await managed.must("apply -y");
    await managed.until("both are listed", () => managed.plan.drift.length === 2);
  });
  after(() => managed[Symbol.asyncDispose]());

  it("is imported as it runs, beside what is only defined", async () => {
    const told = await managed.must(`import --node node1 --libvirt ${managed.node.uri}`);
    assert.match(told, /wrote cluster\.d\/web-1\.xml\nwrote cluster\.d\/web-1\.yaml/);
    assert.equal(
      await readFile(cluster("web-1.xml"), "utf8"),
      (await managed.node.virsh("dumpxml", "Web_1")).trimEnd() + "\n",
    );
    const yaml = await readFile(cluster("web-1.yaml"), "utf8");
    for (const line of [/^state: running$/m, /^node: node1$/m, /^bridge: br0$/m]) assert.match(yaml, line);
    assert.match(await readFile(cluster("off.yaml"), "utf8"), /^state: stopped$/m);
    const again = await managed.must(`import --node node1 --libvirt ${managed.node.uri}`);
    assert.match(again, /Web_1 on node1 is in the folder already[^]*There is nothing to import/);
  });

  it("is taken over by an apply, and does not notice", async () => {
    assert.match(await managed.must("plan"), /adopt {4}vm\/web-1 on node1/);
    await managed.must("apply -y");
    await managed.untilRunning("web-1");
    assert.deepEqual(await pids(), pid);
    assert.match(await managed.must("plan"), /No changes|nothing/i);
    assert.deepEqual(
      managed.plan.drift.filter(({ kind }) => kind === "drift"),
      [],
    );
    const record = managed.feed.state.nodes.get("node1")?.domains.get("web-1");
    assert.ok(record?.state === "running" && record.epoch === 1);
  });

  it("keeps its UUID and what others wrote into it, and libvirt starts it by itself no more", async () => {
    assert.equal((await managed.node.virsh("domuuid", "Web_1")).trim(), uuid);
    assert.match(await managed.node.virsh("dumpxml", "Web_1"), /<other:app[^>]*>theirs</);
    assert.match(await managed.node.virsh("dominfo", "Web_1"), /Persistent: +no[^]*Autostart: +disable/);
  });

  it("is Evenkeel's from then on: another agent knows it, and edits reach it", async () => {
    await managed.stopAgent();
    await managed.startAgent();
    const yaml = await readFile(cluster("web-1.yaml"), "utf8");
    await writeFile(cluster("web-1.yaml"), yaml.replace("state: running", "state: poweroff"));
    await managed.must("apply -y");
    await managed.until("it is off", () => managed.plan.vms.get("web-1")?.state === "stopped");
    assert.deepEqual(await pids(), []);
    await writeFile(cluster("web-1.yaml"), yaml);
    await managed.must("apply -y");
    await managed.untilRunning("web-1");
    assert.equal((await managed.node.virsh("domuuid", "Web_1")).trim(), uuid);
    assert.deepEqual(
      managed.plan.drift.filter(({ kind }) => kind !== "unmanaged"),
      [],
    );
  });
});
