import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { hardwareFields, withFields } from "../../../reconciler/model/hardware.ts";
import { hardware } from "../../agent/support/steps.ts";

const disk = { name: "root", pool: "vms", volume: "web-root" };
const nic = { name: "eth0", network: "servers", mac: "52:54:00:00:00:01" };

describe("withFields", () => {
  it("takes the named fields, and neither others nor bounds", () => {
    const from = hardware({
      memoryBytes: 5,
      maxMemoryBytes: 50,
      cpus: 4,
      maxCpus: 40,
      disks: [disk],
      nics: [nic],
    });
    const onto = hardware({ memoryBytes: 1, cpus: 1 });
    assert.deepEqual(withFields(onto, from, ["memory", "nics"]), { ...onto, memoryBytes: 5, nics: [nic] });
    assert.deepEqual(withFields(onto, from, hardwareFields), {
      ...from,
      maxMemoryBytes: onto.maxMemoryBytes,
      maxCpus: onto.maxCpus,
    });
  });
});
