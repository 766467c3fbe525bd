import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { domainXml } from "../../../../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import { readDomainXml } from "../../../../../agent/hypervisor/libvirt/xml/read-domain-xml.ts";
import type { DomainSpec } from "../../../../../reconciler/model/step.ts";
import { child, elementsOf, textOf, type XmlElement } from "../../../../../reconciler/xml/xml-element.ts";
import { fileDisk, mebibyte, nicOn, options, parsed, specOf } from "./specs.ts";

const xml = `<domain type='qemu' id='9' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>theirs</name>
  <uuid>00000000-0000-0000-0000-000000000001</uuid>
  <title>kept &amp; shown</title>
  <metadata><other:x xmlns:other='urn:other'>1</other:x></metadata>
  <memory unit='MiB'>512</memory>
  <vcpu placement='static' cpuset='0-1'>4</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><kernel>/vmlinuz</kernel><cmdline>console=ttyS0 quiet</cmdline></os>
  <on_crash>preserve</on_crash>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='writeback'/><source file='/a.img'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><source file='/old.img'/><target dev='vdb' bus='virtio'/><alias name='ua-data'/></disk>
    <disk type='volume'><source pool='p' volume='v'/><target dev='vdc' bus='virtio'/></disk>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br7'/><model type='e1000'/></interface>
    <interface type='user'/>
    <video><model type='vga'/></video>
  </devices>
  <qemu:commandline><qemu:arg value='-no-hpet'/></qemu:commandline>
</domain>`;

const spec = specOf({
  xml,
  memoryBytes: 256 * mebibyte,
  cpus: 2,
  disks: [fileDisk("root", "/a.img"), fileDisk("data", "/new.img"), fileDisk("more", "/more.qcow2")],
  nics: [nicOn("br0", "eth0", "52:54:00:00:00:01"), nicOn("br1", "eth1", "52:54:00:00:00:02")],
});

const merge = (of: DomainSpec): XmlElement => parsed(domainXml(of, 4, options));
const devices = (of: XmlElement, name: string) =>
  elementsOf(child(of, "devices")).filter((one) => one.name === name);

describe("a domain.xml", () => {
  const merged = merge(spec);

  it("takes name, UUID, memory, CPUs and the ends of a run from the document", () => {
    const text = (name: string) => textOf(child(merged, name)).trim();
    assert.deepEqual([text("name"), text("uuid"), text("currentMemory")], ["web", spec.uuid, "256"]);
    assert.deepEqual(
      [text("on_poweroff"), text("on_reboot"), text("on_crash")],
      ["destroy", "restart", "destroy"],
    );
    assert.equal(child(merged, "vcpu")?.attributes.get("current"), "2");
    assert.equal(merged.attributes.has("id"), false);
  });

  it("keeps how far memory and CPUs may grow, and grows with the document beyond that", () => {
    assert.equal(textOf(child(merged, "memory")), "512");
    assert.equal(textOf(child(merged, "vcpu")), "4");
    const more = merge({ ...spec, hardware: { ...spec.hardware, memoryBytes: 1024 * mebibyte, cpus: 6 } });
    assert.equal(textOf(child(more, "memory")), "1024");
    assert.equal(textOf(child(more, "vcpu")), "6");
    assert.equal(child(more, "vcpu")?.attributes.get("current"), undefined);
  });

  it("keeps everything else, other programs' metadata too", () => {
    assert.equal(textOf(child(merged, "title")), "kept & shown");
    assert.equal(textOf(child(child(merged, "os"), "cmdline")), "console=ttyS0 quiet");
    assert.equal(child(merged, "vcpu")?.attributes.get("cpuset"), "0-1");
    assert.equal(elementsOf(child(merged, "qemu:commandline")).length, 1);
    assert.deepEqual(
      elementsOf(child(merged, "metadata")).map(({ name }) => name),
      ["other:x", "keel:vm"],
    );
    assert.equal(devices(merged, "video").length, 1);
  });

  it("has each disk of the document once: the one with its data or alias, or an added one", () => {
    const disks = devices(merged, "disk").map((disk) => [
      child(disk, "target")?.attributes.get("dev"),
      [...(child(disk, "source")?.attributes.values() ?? [])][0],
      child(disk, "driver")?.attributes.get("cache"),
    ]);
    assert.deepEqual(disks, [
      ["vda", "/a.img", "writeback"],
      ["vdb", "/new.img", undefined],
      ["vdd", "/more.qcow2", undefined],
      ["vdc", "p", undefined],
    ]);
  });

  it("has each card of the document once, plugged in where the document says", () => {
    const cards = devices(merged, "interface").map((nic) => [
      child(nic, "mac")?.attributes.get("address"),
      child(nic, "source")?.attributes.get("bridge"),
      child(nic, "model")?.attributes.get("type"),
    ]);
    assert.deepEqual(cards, [
      ["52:54:00:00:00:01", "br0", "e1000"],
      ["52:54:00:00:00:02", "br1", "virtio"],
      [undefined, undefined, undefined],
    ]);
  });

  it("is read back as the document says it, devices of the XML alone left out", () => {
    const reading = readDomainXml(domainXml(spec, 4, options), options);
    assert.equal(reading.kind, "ours");
    assert.deepEqual(reading.live.disks, spec.hardware.disks);
    assert.deepEqual(reading.live.nics, spec.hardware.nics);
    assert.deepEqual(
      [reading.live.memoryBytes, reading.live.cpus, reading.live.maxCpus],
      [256 * mebibyte, 2, 4],
    );
    assert.deepEqual(reading.spec, spec);
  });

  it("is left alone where the document adds nothing: made again from what it was merged to, it is the same", () => {
    const once = domainXml(spec, 4, options);
    const again = domainXml({ ...spec, xml: once }, 4, options);
    const withoutRecord = (text: string) => text.replace(/<metadata>[^]*<\/metadata>/, "");
    assert.equal(withoutRecord(again), withoutRecord(once));
  });
});
