import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { newestEvent, StepTracker } from "../../../cli/follow/step-tracker.ts";
import { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import type { Progress, StepOf } from "../../../reconciler/model/step.ts";
import { encode } from "../../../reconciler/store/codec.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";

const keys = clusterKeys("lab");

const stop: StepOf<"stop"> = {
  kind: "stop",
  id: "web1.7",
  vm: "web1",
  node: "hv1",
  epoch: 1,
  reason: { code: "stop-wanted", with: { state: "stopped" } },
  method: "graceful",
  timeoutMs: 1_000,
  then: "poweroff",
  displaced: null,
};

interface Records {
  readonly released?: boolean;
  readonly progress?: Progress;
  /** Codes of the leader's events about web1, a second apart, numbered from 0; null: the log has turned over there. */
  readonly events?: readonly (readonly [code: string, text: string] | null)[];
}

function stateOf({ released = false, progress, events = [] }: Records): ClusterState {
  const state = new ClusterState(keys.root);
  const records: (readonly [string, object])[] = [];
  if (released) records.push([keys.step("hv1", stop.id), { step: stop, releasedAt: 0, cancel: false }]);
  if (progress !== undefined) records.push([keys.progress("hv1", stop.id), progress]);
  for (const [number, event] of events.entries()) {
    if (event === null) continue;
    const [code, text] = event;
    const record = {
      at: number * 1_000,
      writer: "leader",
      number,
      object: "VM/web1",
      level: "note",
      code,
      text,
    };
    records.push([keys.event("leader", String(number)), record]);
  }
  const items = records.map(([key, value]) => ({
    key,
    value: encode(value),
    createRevision: 1,
    modRevision: 1,
    lease: "0",
  }));
  state.load(items, 1);
  return state;
}

describe("StepTracker", () => {
  it("tells what is under way, for how long, and how far it is", () => {
    const tracker = new StepTracker(-1);
    tracker.look(stateOf({ released: true }), 5_000);
    const progress = {
      phase: "running",
      at: 0,
      since: 0,
      claimedUptimeMs: 0,
      percent: 40,
      detail: "4 of 10 MiB",
    } as const;
    const { running } = tracker.look(stateOf({ released: true, progress }), 8_000);
    assert.deepEqual(running, [{ step: stop, elapsedMs: 3_000, percent: 40, detail: "4 of 10 MiB" }]);
  });

  it("tells each end once, with the time between release and end", () => {
    const tracker = new StepTracker(-1);
    const events = [
      ["stop", "shut down web1"],
      ["stop-done", "shut down web1 is done"],
    ] as const;
    tracker.look(stateOf({ released: true, events: events.slice(0, 1) }), 0);
    const done = { vm: "web1", kind: "stop", elapsedMs: 1_000, end: "done", detail: "" };
    assert.deepEqual(tracker.look(stateOf({ events }), 9_000).ended, [done]);
    assert.deepEqual(tracker.look(stateOf({ events }), 9_500).ended, []);
  });

  it("does not miss a step that came and went between two looks", () => {
    const tracker = new StepTracker(-1);
    tracker.look(stateOf({}), 0);
    const events = [
      ["stop", "…"],
      ["stop-failed", "it failed: no"],
      ["stop", "…"],
      ["stop-done", "…"],
    ] as const;
    const { ended } = tracker.look(stateOf({ events }), 100);
    assert.deepEqual(
      ended.map(({ end, detail }) => [end, detail]),
      [
        ["failed", "it failed: no"],
        ["done", ""],
      ],
    );
  });

  it("does not tell what had ended before", () => {
    const before = stateOf({
      events: [
        ["stop", "…"],
        ["stop-done", "…"],
      ],
    });
    const tracker = new StepTracker(newestEvent(before));
    assert.deepEqual(tracker.look(before, 0).ended, []);
  });

  it("takes a step that is gone for done where the log has turned over", () => {
    const tracker = new StepTracker(-1);
    tracker.look(stateOf({ released: true, events: [["stop", "…"]] }), 0);
    const { ended } = tracker.look(stateOf({ events: [null, null, ["at-home", "…"]] }), 4_000);
    assert.deepEqual(ended, [{ vm: "web1", kind: "stop", elapsedMs: 4_000, end: "done", detail: "" }]);
  });

  it("tells a step that was withdrawn from one whose end is only asked for", () => {
    const asked = new StepTracker(-1);
    asked.look(stateOf({ released: true }), 0);
    const cancelled = stateOf({ released: true, events: [["cancel", "shut down web1 is cancelled: …"]] });
    assert.deepEqual(asked.look(cancelled, 100).ended, []);
    const withdrawn = new StepTracker(-1);
    withdrawn.look(stateOf({ released: true }), 0);
    const { ended } = withdrawn.look(
      stateOf({ events: [["cancel", "shut down web1 is withdrawn: …"]] }),
      100,
    );
    assert.deepEqual(
      ended.map(({ end }) => end),
      ["cancelled"],
    );
  });
});
