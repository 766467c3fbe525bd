import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { textOf } from "../../../tui/view/line.ts";
import { cpuUse, memoryUse, nodeNote, nodeState } from "../../../tui/view/node-table.ts";
import { GiB, nodeReport, reasonReport } from "../fixture.ts";

describe("the table of nodes", () => {
  it("shows memory as a bar with its figures", () => {
    const node = nodeReport("hv1", { memoryGuestBytes: 32 * GiB });
    assert.equal(textOf(memoryUse(node, 8, unicodeGlyphs)), "━━━━┈┈┈┈ 32/64 GiB");
  });

  it("turns red before memory is full", () => {
    const tone = (memoryGuestBytes: number) =>
      memoryUse(nodeReport("hv1", { memoryGuestBytes }), 8, unicodeGlyphs)[0]?.tone;
    assert.deepEqual([tone(10 * GiB), tone(52 * GiB), tone(62 * GiB)], ["ok", "warn", "bad"]);
  });

  it("shows more vCPUs than CPUs as a full bar", () => {
    assert.equal(textOf(cpuUse(nodeReport("hv1", { cpus: 4, vcpus: 9 }), 4, unicodeGlyphs)), "━━━━ 9/4");
  });

  it("says how far a flush is, and who does not leave", () => {
    const reason = reasonReport("no-target", "no node can take it");
    const flush = { done: 3, total: 8, remainingMs: 40_000, blockers: [{ vm: "gpu1", reason }] };
    const note = (given: typeof flush | { readonly remainingMs: null; readonly blockers: [] }) =>
      textOf(
        nodeNote(nodeReport("hv1", { state: "flushing", flush: { ...flush, ...given } }), unicodeGlyphs),
      );
    assert.equal(note(flush), "3/8 left, ~0:40 blocked: gpu1");
    assert.equal(note({ remainingMs: null, blockers: [] }), "3/8 left");
  });

  it("says that a node never reported", () => {
    const node = nodeReport("hv1", {
      state: "unseen",
      memoryBytes: null,
      memoryFreeBytes: null,
      cpus: null,
      load: null,
    });
    assert.equal(textOf(memoryUse(node, 8, unicodeGlyphs)), "never reported");
    assert.equal(textOf(cpuUse(node, 8, unicodeGlyphs)), "");
  });

  it("survives a node without memory", () => {
    const node = nodeReport("hv1", { memoryBytes: 0, memoryGuestBytes: 0, cpus: 0, vcpus: 0 });
    assert.equal(textOf(memoryUse(node, 4, unicodeGlyphs)), "┈┈┈┈ 0/0 KiB");
  });

  it("gives the reason of every state but ready, and marks maintenance and stale data", () => {
    assert.equal(textOf(nodeNote(nodeReport("hv1"), unicodeGlyphs)), "");
    const lost = nodeReport("hv1", {
      state: "lost",
      maintenance: true,
      stale: true,
      reason: reasonReport("node-lost", "hv1 is lost"),
    });
    assert.equal(textOf(nodeNote(lost, unicodeGlyphs)), "! maintenance · ≈ stale · hv1 is lost");
    assert.equal(textOf(nodeState(lost, unicodeGlyphs)), "✗ lost");
  });
});
