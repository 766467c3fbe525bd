import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  type DeviceChanges,
  diskChanges,
  nicChanges,
} from "../../../../../agent/hypervisor/libvirt/xml/device-changes.ts";
import type { WantedDevices } from "../../../../../agent/hypervisor/libvirt/xml/wanted-devices.ts";
import { disksOf } from "../../../../../reconciler/domain-xml/disks.ts";
import { nicsOf } from "../../../../../reconciler/domain-xml/nics.ts";
import { attribute, child, type XmlElement } from "../../../../../reconciler/xml/xml-element.ts";
import { parsed } from "./specs.ts";

const disk = (target: string, file: string, device = "disk") =>
  `<disk type='file' device='${device}'><source file='${file}'/><target dev='${target}'/><serial>s</serial></disk>`;
const nic = (last: number, bridge: string) =>
  `<interface type='bridge'><mac address='52:54:00:00:00:0${last}'/><source bridge='${bridge}'/><alias name='n'/></interface>`;
const domain = (...devices: readonly string[]): XmlElement =>
  parsed(`<domain><devices>${devices.join("")}</devices></domain>`);

/** As wanted: `isNamed` says which of them are the document's. */
function wanted(of: XmlElement, isNamed: (id: string) => boolean = () => true): WantedDevices {
  return {
    disks: disksOf(of).map(({ target, source, element }) => ({
      name: isNamed(target) ? target : null,
      target,
      source,
      element,
    })),
    nics: nicsOf(of).map(({ mac, source, element }) => ({
      name: isNamed(mac ?? "") ? mac : null,
      mac,
      source,
      element,
    })),
  };
}

const nothing = wanted(domain());

function shown({ detach, update, attach }: DeviceChanges): readonly string[] {
  const words = (what: string, elements: readonly XmlElement[]) =>
    elements.map((one) => {
      const source = child(one, "source");
      const id = attribute(child(one, "target"), "dev") ?? attribute(child(one, "mac"), "address") ?? "";
      return `${what} ${id} ${attribute(source, "file") ?? attribute(source, "bridge") ?? ""}`;
    });
  return [...words("detach", detach), ...words("update", update), ...words("attach", attach)];
}

describe("diskChanges", () => {
  const live = domain(disk("sda", "/a"), disk("sdb", "/b"), disk("sdc", "/c.iso", "cdrom"));

  it("changes nothing where all is there", () => {
    assert.deepEqual(shown(diskChanges(live, wanted(live), wanted(live))), []);
  });

  it("adds what is missing and takes away what is not wanted, or holds other data", () => {
    const next = domain(disk("sda", "/a"), disk("sdb", "/other"), disk("sdd", "/d"));
    assert.deepEqual(shown(diskChanges(live, wanted(live), wanted(next))), [
      "detach sdc /c.iso",
      "detach sdb /b",
      "attach sdb /other",
      "attach sdd /d",
    ]);
  });

  it("puts another medium into a drive", () => {
    const next = domain(disk("sda", "/a"), disk("sdb", "/b"), disk("sdc", "/new.iso", "cdrom"));
    const changes = diskChanges(live, wanted(live), wanted(next));
    assert.deepEqual(shown(changes), ["update sdc /new.iso"]);
    assert.notEqual(child(changes.update[0] ?? live, "serial"), undefined);
  });

  it("leaves alone what only domain.xml has, there or not, before or after", () => {
    const own = wanted(live, (target) => target === "sda");
    assert.deepEqual(shown(diskChanges(live, own, wanted(domain(disk("sda", "/a"))))), []);
    assert.deepEqual(shown(diskChanges(domain(disk("sda", "/a")), own, own)), []);
  });

  it("takes away what a hand has added", () => {
    assert.deepEqual(shown(diskChanges(domain(disk("sdz", "/z")), nothing, nothing)), ["detach sdz /z"]);
  });
});

describe("nicChanges", () => {
  const live = domain(nic(1, "br0"), nic(2, "br0"));

  it("adds, takes away, and plugs into another bridge what stays", () => {
    const next = domain(nic(1, "br1"), nic(3, "br0"));
    const changes = nicChanges(live, wanted(live), wanted(next));
    assert.deepEqual(shown(changes), [
      "detach 52:54:00:00:00:02 br0",
      "update 52:54:00:00:00:01 br1",
      "attach 52:54:00:00:00:03 br0",
    ]);
    assert.notEqual(child(changes.update[0] ?? live, "alias"), undefined);
  });

  it("takes nothing away where one card of domain.xml has no address to know it by", () => {
    const nameless = domain("<interface type='bridge'><source bridge='br9'/></interface>");
    const own = wanted(nameless, () => false);
    assert.deepEqual(shown(nicChanges(domain(nic(7, "br9")), own, own)), []);
  });
});
