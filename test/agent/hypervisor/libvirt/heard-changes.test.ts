import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { HeardChanges } from "../../../../agent/hypervisor/libvirt/heard-changes.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const domain = { name: "web", uuid: "u1", id: 1 };

describe("HeardChanges", () => {
  it("dates a difference by the event that fits it", () => {
    const clock = new FakeClock();
    const heard = new HeardChanges(clock);
    const at = clock.now();
    heard.hear({ kind: "balloon-change", domain, memoryKiB: 1 });
    heard.hear({ kind: "lifecycle", domain, event: "defined", detail: "added" });
    assert.deepEqual([heard.at("u1", "currentMemory"), heard.at("u1", "definition")], [at, at]);
    assert.deepEqual([heard.at("u1", "state"), heard.at("u2", "definition")], [null, null]);
  });

  it("takes a device's event for the device, not for what changed about it", () => {
    const heard = new HeardChanges(new FakeClock());
    heard.hear({ kind: "device-added", domain, alias: "scsi0-0-1" });
    assert.notEqual(heard.at("u1", "disk[sdb]"), null);
    assert.equal(heard.at("u1", "disk[sda]/driver@cache"), null);
  });

  it("does not date what is found much later by an event of long ago", async () => {
    const clock = new FakeClock();
    const heard = new HeardChanges(clock);
    heard.hear({ kind: "balloon-change", domain, memoryKiB: 1 });
    await clock.advance(60_000);
    assert.equal(heard.at("u1", "currentMemory"), null);
  });
});
