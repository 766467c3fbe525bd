// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ManagedNode } from "../support/libvirt/managed-node.ts";

describe("what somebody changes by hand, on a real libvirt", () => {
  let managed: ManagedNode;
  before(async () => {
    managed = await ManagedNode.start();
    await managed.write("web.yaml", "kind: VM\nname: web\nmemory: 128MiB\ncpus: 1\ndisk: 16MiB\n");
    await managed.must("apply -y");
    await managed.untilRunning("web");
  });
  after(() => managed[Symbol.asyncDispose]());

  const virsh = (...args: readonly string[]) => managed.node.virsh(...args);
  const drift = () => managed.plan.drift.flatMap((one) => ("field" in one ? [one] : []));
  const untilDrift = (...fields: readonly string[]) =>
    managed.until(`what differs is ${fields.join()}`, () => {
      const shown = drift().map(({ field }) => field);
      return shown.join() === fields.join();
    });

  it("is nothing where nobody did, whatever libvirt filled in", async () => {
    assert.deepEqual(managed.plan.drift, []);
    assert.match(await managed.must("drift"), /Nothing was changed outside keel/);
  });

  it("is told at once where libvirt has an event for it, with since when", async () => {
    const from = Date.now();
    await virsh("suspend", "web");
    await untilDrift("state");
    const [found] = drift();
    assert.equal(found?.since?.noticed, "event");
    assert.ok(found.since.since >= from && found.since.since <= Date.now());
    const words = /state is paused by hand, running is wanted/;
    assert.match(await managed.must("drift"), words);
    assert.match(await managed.must("why vm/web"), words);
    assert.match(await managed.must("describe vm/web"), words);
    await virsh("resume", "web");
    await untilDrift();
  });

  it("is a device that was added; another agent that takes over keeps the times", async () => {
    const source = `${managed.folder}/extra.img`;
    await managed.node.exec("truncate", "-s", "1M", source);
    await virsh("suspend", "web");
    await untilDrift("state");
    const [before] = drift();
    await managed.stopAgent();
    await virsh("attach-disk", "web", source, "sdb", "--targetbus", "scsi");
    await managed.startAgent();
    await untilDrift("disks", "state");
    const noticed = drift().map(({ since }) => since?.noticed);
    assert.deepEqual([noticed, drift()[1]?.since], [["reading", "event"], before?.since]);
    await virsh("resume", "web");
    await virsh("detach-disk", "web", "sdb");
    await untilDrift();
  });

  it("is a definition that libvirt was given", async () => {
    const file = `${managed.folder}/web.xml`;
    await managed.node.exec("sh", "-c", `virsh dumpxml web >${file} && virsh define ${file}`);
    await untilDrift("definition");
    assert.match(
      await managed.must("drift"),
      /libvirt's own definition of it is kept by libvirt, none is wanted/,
    );
    await virsh("undefine", "web");
    await untilDrift();
  });

  it("is a domain that is nobody's: it is listed, and never touched", async () => {
    const file = `${managed.folder}/other.xml`;
    await managed.node.exec("sh", "-c", `cat >${file} <<'XML'\n${strangerXml}\nXML`);
    await virsh("define", file);
    const listed = () => managed.plan.drift.some((one) => one.kind === "unmanaged" && one.domain === "other");
    await managed.until("it is listed", listed);
    assert.match(await managed.must("drift"), /Not of this cluster, never touched\n {2}other on node1/);
    assert.match(await managed.must("describe node/node1"), /other: not a VM of this cluster; never touched/);
    assert.equal((await virsh("domstate", "other")).trim(), "shut off");
    await virsh("undefine", "other");
    await managed.until("it is not listed any more", () => !listed());
  });

  it("is an end: it is said that somebody cut it, and the guest is started again", async () => {
    await virsh("destroy", "web");
    await managed.until("it is said", () => managed.plan.vms.get("web")?.reason.code === "back-off");
    assert.match(await managed.must("why vm/web"), /the last try failed \(cut outside keel\)/);
    await managed.untilRunning("web");
    assert.match(await managed.must("events"), /somebody cut it outside keel; restart 1 of 5/);
  });
});

const strangerXml = `<domain type='qemu'>
  <name>other</name><memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
</domain>`;
