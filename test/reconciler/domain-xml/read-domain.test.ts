import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { disksOf } from "../../../reconciler/domain-xml/disks.ts";
import { nicsOf } from "../../../reconciler/domain-xml/nics.ts";
import { readBasics } from "../../../reconciler/domain-xml/read-domain.ts";
import { readXml } from "../../../reconciler/xml/read-xml.ts";
import type { XmlElement } from "../../../reconciler/xml/xml-element.ts";

function domain(inner: string): XmlElement {
  const reading = readXml(`<domain type='kvm'>${inner}</domain>`);
  assert.ok(reading.ok);
  return reading.root;
}

describe("disksOf", () => {
  const sources = (devices: string) =>
    disksOf(domain(`<devices>${devices}</devices>`)).map(({ target, source }) => [target, source]);

  it("tells where the data of each disk is", () => {
    const found = sources(`
      <disk type='file'><source file='/a &amp; b.qcow2'/><target dev='vda'/></disk>
      <disk type='block'><source dev='/dev/vg/b'/><target dev='vdb'/></disk>
      <disk type='volume'><source pool='p' volume='v'/><target dev='vdc'/></disk>
      <disk type='network'><source protocol='rbd' name='vms/x'/><target dev='vdd'/></disk>
      <disk type='file' device='cdrom'><target dev='sda'/></disk>`);
    assert.deepEqual(found, [
      ["vda", { kind: "file", path: "/a & b.qcow2" }],
      ["vdb", { kind: "file", path: "/dev/vg/b" }],
      ["vdc", { kind: "volume", pool: "p", volume: "v" }],
      ["vdd", { kind: "network", protocol: "rbd", image: "vms/x" }],
      ["sda", null],
    ]);
  });
});

describe("nicsOf", () => {
  it("tells each card's address and what it is plugged into", () => {
    const found = nicsOf(
      domain(`<devices>
        <interface type='bridge'><mac address='52:54:00:AB:00:01'/><source bridge='br0'/></interface>
        <interface type='network'><source network='default' bridge='virbr0'/></interface>
        <interface type='user'/></devices>`),
    );
    assert.deepEqual(
      found.map(({ mac, type, source }) => [mac, type, source]),
      [
        ["52:54:00:ab:00:01", "bridge", "br0"],
        [null, "network", "default"],
        [null, "user", null],
      ],
    );
  });
});

describe("readBasics", () => {
  it("reads sizes in libvirt's units, KiB where there is none", () => {
    const memory = (xml: string) => readBasics(domain(xml)).memoryBytes;
    assert.equal(memory("<memory>1024</memory>"), 2 ** 20);
    assert.equal(memory("<memory unit='MB'> 1 </memory>"), 1e6);
    assert.equal(memory("<memory unit='GiB'>2</memory><currentMemory unit='b'>5</currentMemory>"), 5);
    assert.equal(memory("<memory unit='furlong'>1</memory>"), null);
  });

  it("reads CPUs and their bound", () => {
    const { cpus, maxCpus } = readBasics(domain("<vcpu current='2'>4</vcpu>"));
    assert.deepEqual([cpus, maxCpus], [2, 4]);
    assert.deepEqual(readBasics(domain("")).cpus, 1);
  });

  it("reads a UUID however its dashes are set", () => {
    const uuid = (text: string) => readBasics(domain(`<uuid>${text}</uuid>`)).uuid;
    const plain = "0123456789abcdef0123456789ABCDEF";
    assert.equal(uuid(plain), "01234567-89ab-cdef-0123-456789abcdef");
    assert.equal(uuid("01234567-89ab-cdef-0123-456789abcdef"), "01234567-89ab-cdef-0123-456789abcdef");
    assert.equal(uuid("no"), null);
  });
});
