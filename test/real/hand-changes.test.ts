// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/**
 * What is done with virsh behind Evenkeel's back. The agent reads libvirt once at its beginning and then only when an
 * event says that something changed: whatever is seen here later was told by one.
 */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { stringify } from "yaml";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { guestImage } from "../support/libvirt/guest-image.ts";
import { TestGuests } from "../support/libvirt/guests.ts";
import { ManagedNode } from "../support/libvirt/managed-node.ts";

/** Longer than any test waits. */
const neverMs = 24 * 3_600_000;

describe("what somebody changes by hand, on a real libvirt", () => {
  let managed: ManagedNode;
  let guests: TestGuests;
  before(async () => {
    guests = new TestGuests(await guestImage());
    managed = await ManagedNode.start({ read: neverMs });
    await managed.write("web.yaml", "kind: VM\nname: web\nmemory: 128MiB\ncpus: 1\ndisk: 16MiB\n");
    const booted = { kind: "VM", name: "booted", memory: "80MiB", cpus: 1, disks: [] };
    await managed.write("booted.yaml", stringify({ ...booted, domain: { xml: guests.xmlOf("booted") } }));
    await managed.must("apply -y");
    for (const name of ["web", "booted"]) await managed.untilRunning(name);
  });
  after(() => managed[Symbol.asyncDispose]());

  const virsh = (...args: readonly string[]) => managed.node.virsh(...args);
  const drift = () => managed.plan.drift.flatMap((one) => ("field" in one ? [one] : []));
  const untilDrift = (...fields: readonly string[]) =>
    managed.until(`what differs is ${fields.join()}`, () => {
      const shown = drift().map(({ field }) => field);
      return shown.join() === fields.join();
    });

  /** Resolves once what was done is seen; tells how long that took. */
  const seen = async (
    test: TestContext,
    what: string,
    act: () => Promise<unknown>,
    until: () => Promise<void>,
  ) => {
    const begun = systemClock.monotonic();
    await Promise.all([act(), until()]);
    test.diagnostic(`${what}: seen ${Math.round(systemClock.monotonic() - begun)} ms after it was asked for`);
  };

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

  it("is a definition that libvirt was given", async (test) => {
    const file = `${managed.folder}/web.xml`;
    await managed.node.exec("sh", "-c", `virsh dumpxml web >${file}`);
    await seen(
      test,
      "virsh define",
      () => virsh("define", file),
      () => untilDrift("definition"),
    );
    assert.equal(drift()[0]?.since?.noticed, "event");
    const words = /libvirt's own definition of it is kept by libvirt,\s+none is wanted/;
    for (const command of ["drift", "why vm/web"]) assert.match(await managed.must(command), words);
    assert.match(await managed.must("status"), /1 thing drifted: `keel drift` lists them/);
    await virsh("undefine", "web");
    await untilDrift();
  });

  it("is an end: it is said that somebody cut it", async (test) => {
    const isSaid = () => managed.plan.vms.get("web")?.reason.code === "back-off";
    await seen(
      test,
      "virsh destroy",
      () => virsh("destroy", "web"),
      () => managed.until("it is said", isSaid),
    );
    assert.match(await managed.must("why vm/web"), /the last try failed \(cut outside keel\)/);
  });

  it("is another size of the memory", async (test) => {
    await guests.up(managed.node, "booted");
    const setMemory = () => virsh("setmem", "booted", "76MiB", "--live");
    await seen(test, "virsh setmem", setMemory, () => untilDrift("memory"));
    // The guest hands its memory over bit by bit.
    await managed.until("all of it is told", () => drift()[0]?.live === "76MiB");
    assert.equal(drift()[0]?.since?.noticed, "event");
    const words = /memory is 76MiB, 80MiB is wanted/;
    for (const command of ["drift", "why vm/booted"]) assert.match(await managed.must(command), words);
    assert.match(await managed.must("status"), /1 thing drifted: `keel drift` lists them/);
    await virsh("setmem", "booted", "80MiB", "--live");
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

  it("is an end after which the guest is started again, as it is when it crashes", async () => {
    await managed.untilRunning("web");
    assert.match(await managed.must("events"), /somebody cut it outside keel; restart 1 of 5/);
  });
});

const strangerXml = `<domain type='qemu'>
  <name>other</name><memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
</domain>`;
