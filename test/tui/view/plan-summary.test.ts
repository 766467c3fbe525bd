import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allBlocked, waitsForApproval } from "../../../tui/view/plan-summary.ts";
import type { BlockedReport } from "../../../reconciler/model/report.ts";
import { changeReport, clusterReport, planReport, reasonReport, sourceReport } from "../fixture.ts";

function blockedOf(object: BlockedReport["object"], code: string): BlockedReport {
  return { object, reason: reasonReport(code, code), source: null };
}

describe("what is blocked", () => {
  const pending = planReport([changeReport("VM/web"), changeReport("VM/old")], {
    blocked: [
      blockedOf("VM/web", "no-target"),
      blockedOf("VM/db", "no-target"),
      blockedOf("VM/old", "approval-needed"),
      // Applied, approved and destroyed since the file was saved.
      blockedOf("VM/gone", "approval-needed"),
    ],
  });
  const report = clusterReport({
    blocked: [blockedOf("VM/web", "no-target"), blockedOf("VM/ci", "crash-loop")],
    source: sourceReport(pending),
  });

  it("is told once, of the cluster as it is and of what the edits touch", () => {
    assert.deepEqual(
      allBlocked(report).map(({ object }) => object),
      ["VM/web", "VM/ci", "VM/old"],
    );
  });

  it("says which destruction waits for an approval", () => {
    assert.equal(waitsForApproval(report, "VM/old"), true);
    assert.equal(waitsForApproval(report, "VM/web"), false);
    assert.equal(waitsForApproval(report, "VM/gone"), false);
  });
});
