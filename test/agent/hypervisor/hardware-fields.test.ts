import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { firstDifference, isSameHardware } from "../../../agent/hypervisor/hardware-fields.ts";
import { hardwareFields } from "../../../reconciler/model/hardware.ts";
import { hardware } from "../support/steps.ts";

const disk = { name: "root", pool: "vms", volume: "web-root" };
const file = { name: "root", path: "/srv/web.img" };
const nic = { name: "eth0", network: "servers", mac: "52:54:00:00:00:01" };

describe("firstDifference", () => {
  const whole = hardware({ disks: [disk], nics: [nic] });

  it("finds the field that differs, among those asked for", () => {
    const changes = [
      ["memory", { memoryBytes: 7 }],
      ["cpus", { cpus: 7 }],
      ["disks", { disks: [{ ...disk, volume: "other" }] }],
      ["disks", { disks: [{ ...disk, pool: "other" }] }],
      ["disks", { disks: [{ ...disk, name: "data" }] }],
      ["disks", { disks: [file] }],
      ["disks", { disks: [disk, file] }],
      ["nics", { nics: [{ ...nic, network: "other" }] }],
      ["nics", { nics: [{ ...nic, mac: "52:54:00:00:00:02" }] }],
      ["nics", { nics: [] }],
    ] as const;
    for (const [field, change] of changes) {
      assert.equal(firstDifference(whole, { ...whole, ...change }, hardwareFields), field);
      const others = hardwareFields.filter((other) => other !== field);
      assert.equal(firstDifference(whole, { ...whole, ...change }, others), null);
    }
  });

  it("finds none in equal hardware, files by their path", () => {
    assert.equal(firstDifference(whole, structuredClone(whole), hardwareFields), null);
    const [a, b] = [hardware({ disks: [file] }), hardware({ disks: [{ ...file }] })];
    assert.equal(firstDifference(a, b, hardwareFields), null);
    const moved = hardware({ disks: [{ ...file, path: "/srv/other.img" }] });
    assert.equal(firstDifference(a, moved, hardwareFields), "disks");
  });
});

describe("isSameHardware", () => {
  it("looks at the bounds too", () => {
    const whole = hardware({ disks: [disk], nics: [nic] });
    assert.ok(isSameHardware(whole, structuredClone(whole)));
    assert.ok(!isSameHardware(whole, { ...whole, maxCpus: 99 }));
    assert.ok(!isSameHardware(whole, { ...whole, maxMemoryBytes: 99 }));
    assert.ok(!isSameHardware(whole, { ...whole, cpus: 99 }));
  });
});
