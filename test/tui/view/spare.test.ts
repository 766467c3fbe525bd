import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LossReport } from "../../../reconciler/model/report.ts";
import { spareText } from "../../../tui/view/spare.ts";

function loss(node: string, vms: number): LossReport {
  const reason = { code: "no-target", text: "no node can take it", advice: null };
  const unplaced = Array.from({ length: vms }, (_, i) => ({
    vm: `v${String(i)}`,
    from: node,
    ends: "held" as const,
    reason,
  }));
  return { nodes: [node], unplaced };
}

describe("whether any one node could be lost", () => {
  it("is said in one sentence", () => {
    const texts = [
      { ok: true, nodes: 0, losses: [] },
      { ok: true, nodes: 3, losses: [] },
      { ok: false, nodes: 3, losses: [loss("hv2", 1)] },
      { ok: false, nodes: 3, losses: [loss("hv1", 2), loss("hv2", 5)] },
      { ok: false, nodes: 2, losses: [loss("hv1", 2), loss("hv2", 5)] },
      { ok: false, nodes: 1, losses: [loss("hv1", 2)] },
    ].map(spareText);
    assert.deepEqual(texts, [
      "no node has or takes VMs",
      "any one node could be lost: each of its VMs would find a place",
      "hv2 could not be lost: that would leave 1 VM without a place",
      "2 of 3 nodes could not be lost: hv2 would leave 5 VMs without a place",
      "no node could be lost: hv2 would leave 5 VMs without a place",
      "hv1 is the only node: its loss would leave 2 VMs without a place",
    ]);
  });
});
