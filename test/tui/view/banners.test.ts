import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { digestOf } from "../../../tui/digest.ts";
import { fresh, type Freshness } from "../../../tui/freshness.ts";
import { bannerLines } from "../../../tui/view/banners.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { textOf } from "../../../tui/view/line.ts";
import type { ClusterReport } from "../../../reconciler/model/report.ts";
import { clusterReport, now, reasonReport, vmReport } from "../fixture.ts";

describe("bannerLines", () => {
  const canvas = { cells: 100, glyphs: unicodeGlyphs };
  const banners = (report: ClusterReport | null, freshness: Freshness = fresh) =>
    bannerLines(report, { freshness, digest: report === null ? null : digestOf(report), now }, canvas).map(
      (line) => textOf(line).trim(),
    );

  it("has nothing to say of a calm cluster", () => {
    assert.deepEqual(banners(clusterReport()), []);
  });

  it("says why there is maintenance, until when, and what that means", () => {
    const maintenance = {
      on: true,
      reason: "switch swap",
      until: now + 7_200_000,
      doubt: false,
      ending: false,
    };
    assert.deepEqual(banners(clusterReport({ maintenance })), [
      "! MAINTENANCE  switch swap, until 06:30 (in 2h) · no fencing, no takeover",
    ]);
  });

  it("says so where maintenance has no reason, no end, or is over its end", () => {
    const of = (until: number | null) =>
      banners(
        clusterReport({ maintenance: { on: true, reason: null, until, doubt: false, ending: false } }),
      )[0];
    assert.match(of(null) ?? "", /no reason given, no end set/);
    assert.match(of(now - 1000) ?? "", /its end has passed/);
  });

  it("says so where maintenance should be over and stays on, since the clock was set", () => {
    const doubt = { on: true, reason: "swap", until: null, doubt: true, ending: false };
    assert.deepEqual(banners(clusterReport({ maintenance: doubt, nodesInMaintenance: { hv1: doubt } })), [
      "! MAINTENANCE  swap, over if the clock is right: `keel maintenance off` ends it",
      "! MAINTENANCE  of hv1 over if the clock is right: `keel maintenance off --node hv1` ends it",
    ]);
  });

  it("warns of the end of maintenance that comes near, of the cluster and of nodes", () => {
    const ending = (minutes: number) => {
      const until = now + minutes * 60_000;
      return { on: true, reason: "swap", until, doubt: false, ending: true };
    };
    const nodesInMaintenance = {
      hv1: ending(4),
      hv2: ending(3),
      hv3: { ...ending(60), ending: false },
    };
    assert.deepEqual(banners(clusterReport({ maintenance: ending(4), nodesInMaintenance })), [
      "! MAINTENANCE  swap, ends in 4m: fencing is possible again then",
      "! MAINTENANCE  of hv2 ends in 3m: fencing is possible again then (and 1 more)",
    ]);
  });

  it("says why nothing is begun while the store is frozen, and what ends that", () => {
    const frozen = { why: "revision 90 was seen, it is at 40", by: "agent of hv1" };
    assert.deepEqual(banners(clusterReport({ frozen })), [
      "! FROZEN  nothing is begun until `keel store accept-restore` · revision 90 was seen, it is at 40",
    ]);
  });

  it("puts a VM in two places above everything but the age of the data", () => {
    const vms = [
      vmReport("db1", {
        state: "unknown",
        reason: reasonReport("duplicate", "it is reported by hv1, hv2 at once"),
      }),
      vmReport("db2", {
        state: "unknown",
        reason: reasonReport("duplicate", "it is reported by hv1, hv3 at once"),
      }),
    ];
    const report = clusterReport({
      vms,
      maintenance: { on: true, reason: "x", until: null, doubt: false, ending: false },
    });
    const lines = banners(report, { problem: "the store does not answer", age: 20_000 });
    assert.deepEqual(
      lines.map((line) => line.split("  ")[0]),
      ["≈ STALE", "! DUPLICATE", "! MAINTENANCE"],
    );
    assert.match(lines[1] ?? "", /db1: it is reported by hv1, hv2 at once \(and 1 more\)/);
  });

  it("calls data stale only after ten seconds", () => {
    const problem = "the store does not answer";
    assert.match(banners(clusterReport(), { problem, age: 9_999 })[0] ?? "", /^! NOT ANSWERING/);
    assert.match(
      banners(clusterReport(), { problem, age: 10_000 })[0] ?? "",
      /^≈ STALE .*this is as last seen$/,
    );
    assert.doesNotMatch(banners(null, { problem, age: 10_000 })[0] ?? "", /last seen/);
  });
});
