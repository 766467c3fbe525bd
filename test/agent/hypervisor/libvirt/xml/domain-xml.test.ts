import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { domainXml, withEpoch } from "../../../../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import { readDomainXml } from "../../../../../agent/hypervisor/libvirt/xml/read-domain-xml.ts";
import { HypervisorError } from "../../../../../agent/hypervisor/hypervisor.ts";
import type { DomainSpec } from "../../../../../reconciler/model/step.ts";
import { child, elementsOf, textOf } from "../../../../../reconciler/xml/xml-element.ts";
import { addresses, fileDisk, mebibyte, nicOn, options, parsed, specOf, volumeDisk } from "./specs.ts";

const root = volumeDisk("root", 0);
const cd = fileDisk("cd", "/srv/iso/x.iso", 1);
const eth0 = nicOn("br0", "eth0", "52:54:00:00:00:01", 0);
const eth1 = nicOn("br1", "eth1", "52:54:00:00:00:02", 1);
const spec = specOf({ disks: [root, cd], nics: [eth0, eth1] });
const write = (of: DomainSpec, epoch = 3) => domainXml(of, epoch, options);
const unsupported = (error: unknown) => error instanceof HypervisorError && error.code === "unsupported";

describe("domainXml", () => {
  it("is read back as what it was made from", () => {
    const reading = readDomainXml(write(spec), options);
    assert.equal(reading.kind, "ours");
    const { vm, epoch, uuid, name, id } = reading;
    assert.deepEqual([vm, epoch, uuid, name, id], ["web", 3, spec.uuid, "web", null]);
    assert.deepEqual(reading.spec, spec);
    assert.deepEqual(reading.live, reading.applied);
    const { maxMemoryBytes: _, ...hardware } = spec.hardware;
    assert.deepEqual(reading.applied, { ...hardware, maxMemoryBytes: spec.hardware.memoryBytes });
  });

  it("has the document's name of the domain, its UUID, and no more memory than the document says", () => {
    const domain = parsed(write(specOf({ domainName: "Web_Prod", memoryBytes: 500_000_000, cpus: 2 })));
    const text = (name: string) => textOf(child(domain, name));
    assert.deepEqual([text("name"), text("uuid")], ["Web_Prod", spec.uuid]);
    assert.deepEqual([text("memory"), text("currentMemory")], ["477", "477"]);
    assert.equal(child(domain, "vcpu")?.attributes.get("current"), "2");
    assert.equal(text("vcpu"), "4");
  });

  it("ends a run at a crash and a switched-off guest, and not at the guest's own reboot", () => {
    const domain = parsed(write(spec));
    const actions = ["on_poweroff", "on_reboot", "on_crash"].map((name) => textOf(child(domain, name)));
    assert.deepEqual(actions, ["destroy", "restart", "destroy"]);
    const devices = elementsOf(child(domain, "devices")).map(({ name }) => name);
    for (const device of ["panic", "watchdog", "rng", "memballoon", "channel", "console"]) {
      assert.ok(devices.includes(device), device);
    }
  });

  it("takes an image's format from its name, and an .iso for a drive that is only read", () => {
    const disks = [volumeDisk("a"), volumeDisk("b", undefined, "b.raw"), fileDisk("c", "/dev/vg/c"), cd];
    const found = elementsOf(child(parsed(write(specOf({ disks }))), "devices"))
      .filter(({ name }) => name === "disk")
      .map((disk) => [
        disk.attributes.get("type"),
        disk.attributes.get("device"),
        child(disk, "driver")?.attributes.get("type"),
        [...(child(disk, "source")?.attributes.values() ?? [])][0],
        child(disk, "readonly") !== undefined,
      ]);
    assert.deepEqual(found, [
      ["file", "disk", "qcow2", "/pools/vms/web-a.qcow2", false],
      ["file", "disk", "raw", "/pools/vms/b.raw", false],
      ["block", "disk", "raw", "/dev/vg/c", false],
      ["file", "cdrom", "raw", "/srv/iso/x.iso", true],
    ]);
  });

  it("names an rbd image as Ceph does", () => {
    const pool = { name: "vms", type: "rbd", path: null } as const;
    const disk = { ...volumeDisk("root"), pool } as typeof root;
    assert.match(write(specOf({ disks: [disk] })), /<source protocol="rbd" name="vms\/web-root"\/>/);
  });

  it("moves no device when another one comes or goes", () => {
    const before = write(spec);
    const after = write(
      specOf({
        disks: [volumeDisk("data", 2), cd],
        nics: [nicOn("br0", "eth2", "52:54:00:00:00:03", 2), eth1],
      }),
    );
    const disks = addresses(before, "disk", "target", "dev");
    const nics = addresses(before, "interface", "mac", "address");
    assert.equal(addresses(after, "disk", "target", "dev")["sdb"], disks["sdb"]);
    assert.equal(addresses(after, "interface", "mac", "address")[eth1.mac], nics[eth1.mac]);
    const all = Object.values(addresses(after, "controller", "target", "port")).concat(
      Object.values(addresses(after, "interface", "mac", "address")),
    );
    assert.equal(new Set(all).size, all.length);
  });

  it("gives devices without a slot the places that they would get", () => {
    const { slot: _0, ...plainRoot } = root;
    const { slot: _1, ...plainCd } = cd;
    const plain = write(specOf({ disks: [plainRoot, plainCd] }));
    assert.deepEqual(
      addresses(plain, "disk", "target", "dev"),
      addresses(write(spec), "disk", "target", "dev"),
    );
  });

  it("has a root port for every card, however many there are", () => {
    const nics = Array.from({ length: 30 }, (_, i) =>
      nicOn("br0", `eth${String(i)}`, `52:54:00:00:01:${i.toString(16).padStart(2, "0")}`, i),
    );
    const xml = write(specOf({ nics }));
    const ports = Object.keys(addresses(xml, "controller", "target", "chassis")).filter((key) => key !== "");
    assert.equal(ports.length, 40);
    assert.equal(
      addresses(xml, "interface", "mac", "address")["52:54:00:00:01:1d"],
      "pci 0x0000 0x25 0x00 0x0",
    );
  });

  it("refuses what it has no driver for", () => {
    const network = { name: "v", type: "vxlan", bridge: null, vlan: null };
    assert.throws(() => write(specOf({ nics: [{ ...eth0, network }] })), unsupported);
    assert.throws(() => write(specOf({ disks: [volumeDisk("root", 256)] })), unsupported);
  });
});

describe("withEpoch", () => {
  it("changes the epoch and nothing else", () => {
    assert.equal(withEpoch(write(spec), 9), write(spec, 9));
  });

  it("refuses a domain that is not ours", () => {
    const refused = (error: unknown) => error instanceof HypervisorError && error.code === "refused";
    assert.throws(() => withEpoch("<domain/>", 9), refused);
    assert.throws(() => withEpoch("<domain>", 9), refused);
  });
});

describe("readDomainXml", () => {
  it("takes a domain without our metadata for somebody else's", () => {
    const xml = `<domain type='kvm' id='4'><name>other</name><uuid>${spec.uuid}</uuid><memory>1024</memory></domain>`;
    const expected = { kind: "unmanaged", name: "other", uuid: spec.uuid, id: "4", memoryBytes: mebibyte };
    assert.deepEqual(readDomainXml(xml, options), expected);
  });

  it("knows our metadata by its namespace, whatever the prefix", () => {
    const xml = write(spec)
      .replaceAll(/keel:(vm|applied)/g, "x:$1")
      .replace("xmlns:keel", "xmlns:x");
    assert.equal(readDomainXml(xml, options).kind, "ours");
    const foreign = write(spec).replace("urn:evenkeel:domain", "urn:other");
    assert.equal(readDomainXml(foreign, options).kind, "unmanaged");
  });

  it("never takes one of ours for absent or somebody else's because its record is damaged", () => {
    const noEpoch = readDomainXml(write(spec).replace('epoch="3"', 'epoch="x"'), options);
    assert.equal(noEpoch.kind, "damaged");
    const noSpec = readDomainXml(write(spec).replace('{"vm"', "{"), options);
    assert.equal(noSpec.kind, "ours");
    assert.equal(noSpec.spec, null);
    assert.deepEqual(noSpec.applied, noSpec.live);
    assert.equal(noSpec.live.memoryBytes, spec.hardware.memoryBytes);
  });

  it("shows in the document's words what was changed by hand, and in libvirt's what is foreign", () => {
    const changed = write(spec)
      .replace('<currentMemory unit="MiB">96', '<currentMemory unit="MiB">80')
      .replace("/pools/vms/web-root.qcow2", "/elsewhere.qcow2")
      .replace('<source bridge="br1"/>', '<source bridge="br9"/>')
      .replace("</devices>", `<disk type="file"><source file="/x"/><target dev="vdq"/></disk></devices>`);
    const reading = readDomainXml(changed, options);
    assert.equal(reading.kind, "ours");
    const { live, applied } = reading;
    assert.deepEqual(live.memoryBytes, 80 * mebibyte);
    assert.deepEqual(live.disks, [
      { name: "root", path: "/elsewhere.qcow2" },
      { name: "cd", path: "/srv/iso/x.iso" },
      { name: "vdq", path: "/x" },
    ]);
    assert.deepEqual(live.nics[1], { name: "eth1", mac: eth1.mac, network: "br9" });
    assert.deepEqual(applied.disks, spec.hardware.disks);
  });

  it("has an answer to whatever was written into the record", () => {
    for (const broken of ["[]", "null", "{}", '{"vm":1}', "<x/>", '{"disks":{}}']) {
      const xml = write(spec).replace(/(<keel:applied version="1">)[^]*?(<\/keel:applied>)/, `$1${broken}$2`);
      const reading = readDomainXml(xml, options);
      assert.equal(reading.kind === "ours" && reading.spec, null, broken);
    }
  });

  it("refuses what is no domain", () => {
    const refused = (error: unknown) => error instanceof HypervisorError && error.code === "refused";
    assert.throws(() => readDomainXml("<network/>", options), refused);
    assert.throws(() => readDomainXml("<domain>", options), refused);
  });
});
