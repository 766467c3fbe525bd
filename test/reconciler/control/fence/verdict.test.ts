import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Evidence, judge } from "../../../../reconciler/control/fence/verdict.ts";
import { reason } from "../../../../reconciler/model/reasons.ts";

const guilty: Evidence = {
  node: "hv1",
  leftMs: 0,
  answers: false,
  inMaintenance: false,
  isOnlyNode: false,
  isWorthIt: () => true,
  isStorm: false,
  isLeadersHost: false,
  keepsQuorum: true,
  busyWith: null,
  hour: { others: 0, proven: 0, bound: 1, asked: false },
  whyNoProof: () => null,
};

/** The verdict, and its reason's code. */
function verdict(change: Partial<Evidence>): string {
  const given = judge({ ...guilty, ...change });
  return given.is === "fence" ? "fence" : `${given.is} ${given.why?.code ?? ""}`.trim();
}

describe("the verdict on a silent node", () => {
  it("is to fence it where nothing speaks against that", () => {
    assert.equal(verdict({}), "fence");
  });

  it("waits for its grace, and says where it answers directly", () => {
    assert.equal(verdict({ leftMs: 1 }), "suspect");
    assert.equal(verdict({ leftMs: 1, answers: true }), "suspect store-cut");
  });

  for (const [what, change, says] of [
    ["maintenance is on", { inMaintenance: true }, "lost lost-in-maintenance"],
    ["it is the only node", { isOnlyNode: true }, "lost only-node"],
    ["too many are silent at once", { isStorm: true }, "lost fence-storm"],
    ["nothing would be won", { isWorthIt: () => false }, "lost nothing-to-recover"],
    ["the leader runs on it", { isLeadersHost: true }, "lost leaders-host"],
    ["the store's members do not tell", { keepsQuorum: null }, "lost quorum-unknown"],
    ["the store would lose its quorum", { keepsQuorum: false }, "lost would-lose-quorum"],
    [
      "half were fenced already",
      { hour: { others: 1, proven: 1, bound: 1, asked: false } },
      "lost fence-bound",
    ],
    [
      "half may be fenced by a round that has proven nothing yet",
      { hour: { others: 1, proven: 0, bound: 1, asked: false } },
      "lost fence-bound-for-now",
    ],
    ["that was asked before", { hour: { others: 0, proven: 0, bound: 1, asked: true } }, "lost fence-bound"],
    ["another one's turn it is", { busyWith: "hv2" }, "lost fence-in-turn"],
  ] as const) {
    it(`leaves it alone where ${what}`, () => {
      assert.equal(verdict(change), says);
    });
  }

  it("is hopeless where nothing could prove it off", () => {
    assert.equal(
      verdict({ whyNoProof: () => reason("no-fence-method", { node: "hv1" }) }),
      "hopeless no-fence-method",
    );
  });
});
