import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { mendsOf } from "../../../simulator/random/mends.ts";

describe("the mends of a scenario", () => {
  it("undo what its events did, after the last of them, and nothing else", () => {
    const events = [
      { at: 5, act: { power: { hv1: "off" } } },
      { at: 7, act: { agent: { hv2: "pause", hv3: "kill" } } },
      { at: 9, act: { store: "down" } },
      { at: 9, act: { reconciler: "pause-leader" } },
    ];
    assert.deepEqual(mendsOf(events), [
      { at: 10, act: { store: "up" } },
      { at: 10, act: { reconciler: "resume-leader" } },
      { at: 10, act: { reconciler: "clock-right" } },
      { at: 10, act: { power: { hv1: "on" } } },
      { at: 10, act: { agent: { hv2: "resume", hv3: "resume" } } },
      { at: 10, act: { agent: { hv2: "start", hv3: "start" } } },
    ]);
    assert.deepEqual(mendsOf([{ at: 1, act: { restart: "web" } }]), []);
  });
});
