import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { type DomainDrift, domainDrift } from "../../../../../agent/hypervisor/libvirt/xml/domain-drift.ts";
import { domainXml } from "../../../../../agent/hypervisor/libvirt/xml/domain-xml.ts";
import { readDomainXml } from "../../../../../agent/hypervisor/libvirt/xml/read-domain-xml.ts";
import type { DomainSpec } from "../../../../../reconciler/model/step.ts";
import { repositoryRoot } from "../../../../support/root.ts";
import { mebibyte, options as plain, parsed } from "./specs.ts";

const options = {
  ...plain,
  poolFolder: (pool: string) => `/srv/keel/pools/${pool}`,
  consoleLog: (vm: string) => `/srv/keel/${vm}.log`,
};

/** As libvirt 9.0 told of running domains: they were made from the spec in their metadata. */
function live(name: string): string {
  return readFileSync(join(repositoryRoot, "test/agent/hypervisor/libvirt/xml/live", `${name}.xml`), "utf8");
}

function specIn(xml: string): DomainSpec {
  const reading = readDomainXml(xml, options);
  assert.ok(reading.kind === "ours" && reading.spec !== null);
  return reading.spec;
}

function driftOf(xml: string, spec = specIn(xml)): readonly DomainDrift[] {
  return domainDrift(parsed(xml), spec, options);
}

const short = ({ path, wanted, live: is, takes }: DomainDrift) =>
  `${path}: ${wanted ?? "-"} → ${is ?? "-"} (${takes})`;

describe("domainDrift", () => {
  it("takes nothing that libvirt fills in for drift", () => {
    assert.deepEqual(driftOf(live("as-started")), []);
    assert.deepEqual(driftOf(live("own-xml")), []);
  });

  it("names what was changed by hand, field by field", () => {
    assert.deepEqual(driftOf(live("changed-by-hand")).map(short), [
      "vcpu@current: 1 → 2 (live)",
      "on_crash: destroy → preserve (live)",
      "disk[sda]/iotune: - → total_iops_sec 100 (live)",
      "disk[sdb]/source@file: /srv/keel/x.iso → - (live)",
      "interface[52:54:00:00:00:01]/link: - → state=down (live)",
      "disk[sdc]: - → file=/srv/keel/extra.qcow2 index=3 (live)",
      "interface[52:54:00:00:00:99]: - → bridge=br1 (live)",
    ]);
  });

  it("tells what waits for the next start from what needs one", () => {
    const xml = live("as-started");
    const spec = specIn(xml);
    const { hardware } = spec;
    const more = { ...spec, hardware: { ...hardware, memoryBytes: 2048 * mebibyte, cpus: 8 } };
    const found = driftOf(xml, more).map(short);
    assert.ok(found.includes("currentMemory: 2048MiB → 96MiB (restart)"), found.join("\n"));
    assert.ok(found.includes("vcpu@current: 8 → 1 (restart)"), found.join("\n"));
    const other = domainDrift(parsed(xml), spec, { ...options, cpuModel: "Nehalem", machine: "pc-q35-6.2" });
    assert.deepEqual(other.map(short), [
      "os/type@machine: pc-q35-6.2 → pc-q35-7.2 (next-restart)",
      "cpu/model: Nehalem → qemu64 (next-restart)",
    ]);
  });

  it("takes nothing for drift that libvirt made up for the run from which a domain.xml was read", () => {
    const devices = (nth: number) => `<interface type='bridge'><mac address='52:54:00:00:00:01'/>
      <source bridge='br0'/><target dev='vnet${nth}'/><alias name='net${nth}'/></interface>
      <serial type='pty'><source path='/dev/pts/${nth}'/></serial>
      <graphics type='vnc' port='590${nth}' autoport='yes'/>`;
    const xml = (nth: number) =>
      `<domain type='qemu'><name>a</name><memory>1024</memory><devices>${devices(nth)}</devices></domain>`;
    const built = domainXml({ ...specIn(live("own-xml")), disks: [], nics: [], xml: xml(1) }, 1, options);
    const spec = specIn(built);
    const next = built.replaceAll(/vnet1|net1|pts\/1|5901/gu, (text) => text.replace("1", "2"));
    assert.notEqual(next, built);
    assert.deepEqual(driftOf(next, spec), []);
  });

  it("finds a device that was taken away", () => {
    const xml = live("as-started").replace(/<watchdog[^]*?<\/watchdog>/, "");
    assert.deepEqual(driftOf(xml).map(short), ["watchdog: model=i6300esb action=reset → - (next-restart)"]);
  });
});
