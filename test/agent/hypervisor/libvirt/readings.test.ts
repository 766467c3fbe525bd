import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { Readings } from "../../../../agent/hypervisor/libvirt/readings.ts";
import { repositoryRoot } from "../../../support/root.ts";
import { options } from "./xml/specs.ts";

const folder = join(repositoryRoot, "test/agent/hypervisor/libvirt/xml/live");
const [started, changed] = ["as-started", "changed-by-hand"].map((name) =>
  readFileSync(join(folder, `${name}.xml`), "utf8"),
);

describe("Readings", () => {
  it("reads a domain's XML once, and anew where it is another", () => {
    const readings = new Readings(options);
    const first = readings.read("u1", started ?? "");
    assert.equal(readings.read("u1", started ?? ""), first);
    const second = readings.read("u1", changed ?? "");
    assert.ok(first.kind === "ours" && second.kind === "ours");
    assert.equal(readings.driftOf(second), readings.driftOf(second));
    assert.notDeepEqual(readings.driftOf(first), readings.driftOf(second));
  });

  it("keeps nothing of a domain that is not listed any more", () => {
    const readings = new Readings(options);
    const first = readings.read("u1", started ?? "");
    readings.keep(new Set(["u2"]));
    assert.notEqual(readings.read("u1", started ?? ""), first);
  });
});
