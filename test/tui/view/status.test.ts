import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { ClusterReport, SourceReport } from "../../../reconciler/model/report.ts";
import { digestOf } from "../../../tui/digest.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { textOf } from "../../../tui/view/line.ts";
import { statusLine } from "../../../tui/view/status.ts";
import { busyCluster } from "../busy-cluster.ts";
import { changeReport, clusterReport, planReport, sourceReport } from "../fixture.ts";

describe("statusLine", () => {
  const status = (report: ClusterReport) =>
    textOf(statusLine(report, digestOf(report), { cells: 100, glyphs: unicodeGlyphs })).trim();

  it("says that nothing waits", () => {
    assert.equal(status(clusterReport()), "✓ cluster.d is what was applied");
  });

  it("puts what needs a person first", () => {
    assert.equal(
      status(busyCluster),
      "! 2 blocked · 3 drift · 2 under way · 3 edits wait: +1 create  ~1 update  →1 migrate",
    );
  });

  it("says whether any one node could be lost, and else which could not", () => {
    const loss = (node: string) => ({ nodes: [node], unplaced: [] });
    const of = (...losses: ReturnType<typeof loss>[]) =>
      status(clusterReport({ spare: { ok: losses.length === 0, nodes: 3, losses } }));
    assert.match(of(), /^N\+1 ok · /);
    assert.match(of(loss("hv2")), /^not N\+1: hv2 · /);
    assert.match(of(loss("hv1"), loss("hv2"), loss("hv3")), /^not N\+1: hv1 and 2 more · /);
  });

  it("says one edit as one", () => {
    const source = sourceReport(planReport([changeReport("VM/web1")]));
    assert.equal(status(clusterReport({ source })), "1 edit waits: ~1 update");
  });

  it("says why a folder is not taken, or that none is watched", () => {
    const of = (state: SourceReport["status"]) =>
      status(clusterReport({ source: sourceReport(null, { status: state, problems: ["a", "b"] }) }));
    assert.equal(of("stale"), "! cluster.d is stale; only `keel apply` by hand applies it");
    assert.equal(of("reading"), "cluster.d is being read");
    assert.equal(of("invalid"), "! cluster.d is invalid: 2 problems; what was applied last stays in force");
    assert.equal(of("suspect"), "! cluster.d is suspect; nothing of it is applied");
    assert.equal(of("unreadable"), "! cluster.d cannot be read; nothing was changed");
    assert.match(status(clusterReport({ source: null })), /^No folder is watched/);
  });

  it("counts what is blocked once, though plan and loop both say it", () => {
    const source = sourceReport(planReport([], { blocked: busyCluster.blocked }));
    assert.match(status({ ...busyCluster, source }), /^! 2 blocked/);
  });
});
