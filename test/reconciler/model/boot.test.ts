import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Boots, isOverWithBoot, isUnreadable } from "../../../reconciler/model/boot.ts";
import type { AgentPresence, NodeStatus } from "../../../reconciler/model/observed.ts";
import type { Progress, Step } from "../../../reconciler/model/step.ts";
import {
  destroyStep,
  hardware,
  migrateStep,
  renameStep,
  restartStep,
  startStep,
  stopStep,
  updateStep,
} from "../../agent/support/steps.ts";

const claimed: Progress = { phase: "claimed", at: 0, claimedUptimeMs: 0, claimedBootId: "b1" };
const agent: AgentPresence = { version: "1", protocol: 1, driver: "simulated", startedAt: 0 };
const status: NodeStatus = {
  session: { lease: "1", bootId: "b1" },
  readAt: 0,
  seen: 0,
  memoryBytes: 0,
  cpus: 0,
  memoryFreeBytes: 0,
  load: 0,
  supports: { networks: [], pools: [] },
  unmanaged: [],
};
/** It lives in another boot than that of the claim, and its agent is not there. */
const booted: Boots = { name: "hv1", alive: { bootId: "b2" }, seen: { bootId: "b2" }, agent: null, status };

function isOver(step: Step, node: Partial<Boots> = {}, progress: Progress | null = claimed): boolean {
  return isOverWithBoot(step, progress, { ...booted, ...node });
}

describe("a step that was claimed in an earlier boot of its node", () => {
  const stop = stopStep("web", "hv1", 1);

  it("is over where its guest ended with that boot and no agent can tell how", () => {
    for (const step of [
      stop,
      updateStep("web", "hv1", 1, hardware(), ["memory"]),
      renameStep("old", "web", "hv1", 1),
    ]) {
      assert.equal(isOver(step), true, step.kind);
    }
  });

  it("is not over where it makes a guest, or removes what outlives one", () => {
    for (const step of [
      startStep("web", "hv1", 1),
      restartStep("web", "hv1", 2),
      destroyStep("web", "hv1", 1, []),
    ]) {
      assert.equal(isOver(step), false, step.kind);
    }
  });

  it("is over for the source of a migration, and not for its target, into whose boot the guest may still come", () => {
    assert.equal(isOver(migrateStep("web", "hv1", "hv2", 1)), true);
    assert.equal(isOver(migrateStep("web", "hv2", "hv1", 1)), false);
  });

  it("is told of by an agent that is there, unless libvirt does not answer it in this boot", () => {
    assert.equal(isOver(stop, { agent }), false);
    const silent = (bootId: string) => ({ ...status, unreadable: { since: 0, why: "hangs", bootId } });
    assert.equal(isOver(stop, { agent, status: silent("b2") }), true);
    assert.equal(isOver(stop, { agent, status: silent("b1") }), false);
  });

  it("counts a boot that a round kept away from living, once nobody lives", () => {
    assert.equal(isOver(stop, { alive: null }), true);
    assert.equal(isOver(stop, { alive: null, seen: { bootId: "b1" } }), false);
    assert.equal(isOver(stop, { alive: null, seen: null }), false);
  });

  it("says nothing where it was not claimed, has ended, or nobody knows in which boot it was claimed", () => {
    assert.equal(isOver(stop, {}, null), false);
    assert.equal(isOver(stop, {}, { phase: "cancelled", at: 0 }), false);
    assert.equal(isOver(stop, {}, { phase: "claimed", at: 0, claimedUptimeMs: 0 }), false);
  });
});

describe("a hypervisor that does not answer", () => {
  it("is one of the boot that is", () => {
    const told = (bootId?: string) => ({ since: 0, why: "hangs", ...(bootId !== undefined && { bootId }) });
    const alive = { bootId: "b2" };
    assert.equal(isUnreadable({ alive, status: { ...status, unreadable: told("b2") } }), true);
    assert.equal(isUnreadable({ alive, status: { ...status, unreadable: told("b1") } }), false);
    assert.equal(isUnreadable({ alive, status: { ...status, unreadable: told() } }), true);
    assert.equal(isUnreadable({ alive, status }), false);
  });
});
