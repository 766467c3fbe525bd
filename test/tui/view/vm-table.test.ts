import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { VmReport } from "../../../reconciler/model/report.ts";
import { asciiGlyphs, unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { textOf, type Line } from "../../../tui/view/line.ts";
import { stepProgress, vmNote, vmState, vmTable } from "../../../tui/view/vm-table.ts";
import { now, reasonReport, stepReport, vmReport } from "../fixture.ts";

describe("the table of VMs", () => {
  const line = (vm: VmReport): Line => vmTable([vm], { cells: 120, glyphs: unicodeGlyphs }).lineOf(vm, now);

  it("says a state by sign and word", () => {
    assert.equal(textOf(vmState(vmReport("a"), unicodeGlyphs)), "● running");
    assert.equal(textOf(vmState(vmReport("a", { state: "crash-loop" }), asciiGlyphs)), "@ crash-loop");
  });

  it("marks networks that are not defined in red, by sign and by word", () => {
    const networks = [
      { name: "servers", defined: true },
      { name: "dmz", defined: false },
      { name: "lan", defined: false },
    ];
    const shown = line(vmReport("web1", { networks }));
    assert.match(textOf(shown), /! networks dmz, lan not defined/);
    assert.equal(shown.find(({ text }) => text.startsWith("web1"))?.tone, "bad");
    assert.equal(shown.find(({ text }) => text.includes("dmz"))?.tone, "bad");
  });

  it("marks stale rows by sign and word", () => {
    assert.match(textOf(line(vmReport("web1", { stale: true }))), /≈ stale/);
  });

  it("needs no words for a VM that runs at home, and gives the reason of every other", () => {
    assert.equal(textOf(vmNote(vmReport("a"), now, unicodeGlyphs)), "");
    const reason = reasonReport("asked-by-migrate", "`migrate: hv2` asks for it");
    assert.equal(textOf(vmNote(vmReport("a", { home: "hv2", reason }), now, unicodeGlyphs)), reason.text);
  });

  it("shows the home of a VM that is elsewhere as another place", () => {
    assert.match(textOf(line(vmReport("a", { node: "hv2", home: "hv1" }))), /hv2 {3}≠ hv1/);
    assert.match(textOf(line(vmReport("a", { node: null, home: "hv1" }))), /- {5}hv1/);
  });

  it("shows a migration as a bar that moves", () => {
    assert.equal(
      textOf(stepProgress(stepReport(), now, 10, unicodeGlyphs)),
      "━━━━┈┈┈┈┈┈ 42%  0:14  860 of 2048 MiB",
    );
  });

  it("shows each phase of a step, with or without a percentage", () => {
    const progress = (given: Parameters<typeof stepReport>[0]) =>
      textOf(stepProgress(stepReport({ detail: null, ...given }), now, 4, unicodeGlyphs));
    assert.equal(progress({ percent: null }), "0:14");
    assert.equal(progress({ phase: "claimed", percent: 0 }), "┈┈┈┈  0%  0:14");
    assert.equal(progress({ phase: "released" }), "waits for its agent  0:14");
    assert.equal(progress({ phase: "done" }), "✓ done");
    assert.equal(progress({ phase: "failed", detail: "no route to hv2" }), "! failed  no route to hv2");
    assert.equal(progress({ phase: "cancelled" }), "cancelled");
  });
});
