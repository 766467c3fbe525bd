import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ClusterState } from "../../../../reconciler/control/cluster-state.ts";
import { Past } from "../../../../reconciler/control/fence/past.ts";
import { survey } from "../../../../reconciler/control/fence/survey.ts";
import { impliedNode } from "../../../../reconciler/desired/resolve/resolve-node.ts";
import type { FenceRecord } from "../../../../reconciler/model/fence.ts";
import { reason } from "../../../../reconciler/model/reasons.ts";
import type { Health, NodeFacts } from "../../../../reconciler/plan/node-facts.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const { cluster } = new ClusterState("/").desired;
const common = { history: [], quarantine: null } as const;

/** Without a record it has fallen silent in this very moment. */
function silent(name: string, health: Health, fence: FenceRecord | null = null): NodeFacts {
  return {
    name,
    document: impliedNode(name),
    observed: { name, alive: null, seen: null, agent: null, status: null, domains: new Map() },
    fence,
    health,
    isMaintained: false,
    isUnsettled: false,
    totalBytes: 0,
    reserveBytes: 0,
    cpus: 0,
    freeBytes: 0,
    load: 0,
    seen: 0,
  };
}

describe("a leader's survey", () => {
  let clock: FakeClock;
  let past: Past;
  beforeEach(() => {
    clock = new FakeClock();
    past = new Past(clock);
  });
  const missed = (phase: "suspect" | "lost", since: number) =>
    silent("hv1", phase, {
      ...common,
      node: "hv1",
      phase,
      why: null,
      incident: { id: "1", machineId: null, bootId: null, since },
    });
  const isStorm = (...nodes: readonly NodeFacts[]) => survey(nodes, cluster, past).isStorm;

  it("knows a storm though its clock is ahead of the former leader's, or behind", () => {
    for (const byMs of [3_600_000, -3_600_000]) {
      assert.equal(isStorm(missed("suspect", clock.now() - byMs), silent("hv2", "suspect")), true);
    }
  });

  it("takes what was given up before it led for no part of one", () => {
    assert.equal(isStorm(missed("lost", clock.now() - 60_000), silent("hv2", "suspect")), false);
  });

  it("takes no clock that is set meanwhile for time that has passed", async () => {
    const hv1 = missed("lost", clock.now());
    assert.equal(isStorm(hv1), false);
    clock.set(clock.now() + 60_000);
    assert.equal(isStorm(hv1, silent("hv2", "suspect")), true);
    await clock.advance(60_000);
    assert.equal(isStorm(hv1, silent("hv2", "suspect")), false);
  });

  it("counts a fencing for an hour, whatever the clock is set to, and one of the future as well", async () => {
    const at = clock.now();
    const fenced = (cuts: readonly number[]) =>
      survey([silent("hv1", "dead", { ...common, node: "hv1", phase: "closed", cuts })], cluster, past)
        .fencedInHour.size;
    assert.deepEqual([fenced([at]), fenced([at + 86_400_000]), fenced([at - 3_600_000])], [1, 1, 0]);
    clock.set(at + 7_200_000);
    assert.deepEqual([fenced([at]), fenced([at + 86_400_000])], [1, 1]);
    await clock.advance(3_600_000);
    assert.deepEqual([fenced([at]), fenced([at + 86_400_000])], [0, 0]);
  });

  it("counts a round that proved nothing from its own end, however long its node has been missed", () => {
    const incident = { id: "1", machineId: null, bootId: null, since: clock.now() - 7_200_000 };
    const failed = (at: number): FenceRecord => ({
      ...common,
      node: "hv1",
      phase: "failed",
      incident,
      round: 20,
      at,
      why: reason("fence-failed", { node: "hv1", why: "no answer" }),
    });
    const counted = (at: number) =>
      survey([silent("hv1", "lost", failed(at))], cluster, past).fencedInHour.size;
    assert.deepEqual([counted(clock.now() - 300_000), counted(clock.now() - 3_600_000)], [1, 0]);
  });
});
