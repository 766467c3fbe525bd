import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { ClusterReport } from "../../../reconciler/model/report.ts";
import { fresh } from "../../../tui/freshness.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { headerLine } from "../../../tui/view/header.ts";
import { textOf } from "../../../tui/view/line.ts";
import { clusterReport, now } from "../fixture.ts";

describe("headerLine", () => {
  const header = (report: ClusterReport | null, cells: number, freshness = fresh, writable = false) =>
    textOf(headerLine(report, { freshness, writable, now }, { cells, glyphs: unicodeGlyphs }));

  it("says less where there is less room, and keeps the mode and the freshness", () => {
    const report = clusterReport();
    assert.match(header(report, 110), /lab {2}generation 42 \(2h ago by root\) · leader hv1 · mode plan/);
    assert.match(header(report, 80), /lab {2}generation 42 · leader hv1 · mode plan/);
    assert.match(header(report, 50), /lab {2}leader hv1 .*read-only {2}✓ live 04:30/);
    assert.match(header(report, 40), /^ lab .*read-only {2}✓ live 04:30/);
  });

  it("says that there is no leader by sign and word", () => {
    assert.match(header(clusterReport({ leader: null }), 80), /! no leader/);
  });

  it("says that nothing was applied yet", () => {
    assert.match(header(clusterReport({ generation: 0 }), 80), /nothing applied yet/);
  });

  it("shouts that it may write", () => {
    assert.match(header(clusterReport(), 80, fresh, true), /READ-WRITE/);
  });

  it("is connecting before the first read, and counts the age of what is old", () => {
    assert.match(header(null, 80), /^ keel .*connecting $/);
    assert.match(header(clusterReport(), 80, { problem: "x", age: 14_000 }), /≈ STALE 14s/);
  });
});
