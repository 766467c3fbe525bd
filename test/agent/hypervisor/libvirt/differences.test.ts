import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { differencesOf, type Examined } from "../../../../agent/hypervisor/libvirt/differences.ts";
import { HeardChanges } from "../../../../agent/hypervisor/libvirt/heard-changes.ts";
import { Readings } from "../../../../agent/hypervisor/libvirt/readings.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { repositoryRoot } from "../../../support/root.ts";
import { options as plain } from "./xml/specs.ts";

const options = {
  ...plain,
  poolFolder: (pool: string) => `/srv/keel/pools/${pool}`,
  consoleLog: (vm: string) => `/srv/keel/${vm}.log`,
};

function found(name: string, change: Partial<Examined> = {}, edit = (xml: string) => xml) {
  const file = join(repositoryRoot, "test/agent/hypervisor/libvirt/xml/live", `${name}.xml`);
  const readings = new Readings(options);
  const reading = readings.read("u1", edit(readFileSync(file, "utf8")));
  assert.ok(reading.kind === "ours");
  const status = { state: "running", reason: "booted" } as const;
  const examined: Examined = { reading, status, incoming: false, definition: "none", ...change };
  return differencesOf(examined, readings.driftOf(reading), new HeardChanges(new FakeClock()));
}

const shown = (differences: ReturnType<typeof found>) =>
  differences.map(({ path, field, by }) => `${path} ${field ?? "-"} ${by}`);

describe("differencesOf", () => {
  it("finds none in a domain that nobody touched", () => {
    assert.deepEqual(found("as-started"), []);
  });

  it("says which of them the fields of the document show too", () => {
    assert.deepEqual(shown(found("changed-by-hand")), [
      "vcpu@current cpus hand",
      "on_crash - settings",
      "disk[sda]/iotune - hand",
      "disk[sdb]/source@file disks hand",
      "interface[52:54:00:00:00:01]/link - hand",
      "disk[sdc] disks hand",
      "interface[52:54:00:00:00:99] nics hand",
    ]);
  });

  it("tells what nobody changed: an agent of other settings made it", () => {
    const other = (xml: string) => xml.replaceAll("pc-q35-7.2", "pc-q35-6.2");
    assert.deepEqual(shown(found("as-started", {}, other)), ["os/type@machine - settings"]);
  });

  it("sees a pause by hand, and takes none of a migration for one", () => {
    const pausedBy = (reason: string) => shown(found("as-started", { status: { state: "paused", reason } }));
    assert.deepEqual(pausedBy("user"), ["state - hand"]);
    assert.deepEqual(pausedBy("io-error"), ["state - hand"]);
    assert.deepEqual(pausedBy("migration"), []);
    const copy = found("as-started", { status: { state: "paused", reason: "user" }, incoming: true });
    assert.deepEqual(copy, []);
  });

  it("sees a definition that libvirt keeps, and that it would start it by itself", () => {
    const [kept] = found("as-started", { definition: "autostart" });
    assert.deepEqual([kept?.path, kept?.wanted], ["definition", null]);
    assert.match(kept?.live ?? "", /starts it at each boot/);
  });

  it("says so where the domain does not tell any more what it was made from", () => {
    const damaged = (xml: string) => xml.replace(/(<keel:applied version=.1.>)[^<]*/u, "$1{}");
    assert.deepEqual(shown(found("as-started", {}, damaged)), ["metadata - hand"]);
  });
});
