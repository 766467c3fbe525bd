import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClusterState } from "../../../../reconciler/control/cluster-state.ts";
import { deadOwnersOf, ownedBy } from "../../../../reconciler/control/fence/deaths.ts";
import type { FenceProven } from "../../../../reconciler/model/fence.ts";
import type { Hardware } from "../../../../reconciler/model/hardware.ts";
import type { ObservedDomain } from "../../../../reconciler/model/observed.ts";
import { unplaced } from "../../../../reconciler/model/placement.ts";

const hardware: Hardware = { memoryBytes: 1, maxMemoryBytes: 1, cpus: 1, maxCpus: 1, disks: [], nics: [] };

const proven: FenceProven = {
  phase: "done",
  incident: { id: "5", machineId: "m1", bootId: "b1", since: 0 },
  proof: { by: "bmc", at: 0, devices: ["bmc"] },
  vms: [],
  powerOn: "no",
};

/** hv1 and hv2 are dead; hv1 tells last of a domain that it calls `old`. */
function stateWith(uuid: string): ClusterState {
  const state = new ClusterState("/evenkeel/lab/");
  for (const node of ["hv1", "hv2"]) {
    state.nodes.setAlive(node, null);
    state.fences.set(node, { node, history: [], quarantine: null, revision: 9, ...proven });
  }
  const session = { lease: "1", bootId: "b1" };
  const run = { state: "running", domainId: "7", uuid, since: 0, live: hardware, applied: hardware } as const;
  const domain: ObservedDomain = { vm: "old", epoch: 1, session, readAt: 0, ...run };
  state.nodes.setDomain("hv1", domain);
  state.identities.set("new", { uuid: "u1", macs: {}, volumes: {} });
  state.placements.set("new", { placement: { ...unplaced, node: "hv3" }, revision: 4 });
  return state;
}

describe("whose a VM may be among the dead", () => {
  it("is that node's too which knows it by a former name: it has the UUID", () => {
    const state = stateWith("u1");
    assert.deepEqual(deadOwnersOf(state, ["new"]), ["hv1"]);
    assert.deepEqual(ownedBy(state, "hv1"), ["new"]);
  });

  it("is not that node's which has another VM", () => {
    const state = stateWith("u2");
    assert.deepEqual(deadOwnersOf(state, ["new"]), []);
    assert.deepEqual(ownedBy(state, "hv1"), ["old"]);
  });

  it("is the node's where it is placed, or moves to", () => {
    const state = stateWith("u2");
    const moving = { to: "hv2", epoch: 2, step: "s", displaced: null };
    state.placements.set("new", { placement: { ...unplaced, node: "hv3", moving }, revision: 5 });
    assert.deepEqual(deadOwnersOf(state, ["new"]), ["hv2"]);
    assert.deepEqual(ownedBy(state, "hv2"), ["new"]);
  });
});
