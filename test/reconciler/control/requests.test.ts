import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClusterState, type StoredRequest } from "../../../reconciler/control/cluster-state.ts";
import { EventLog } from "../../../reconciler/control/event-log.ts";
import { dropVoid, nextExpiry } from "../../../reconciler/control/requests.ts";
import type { FenceRecord } from "../../../reconciler/model/fence.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";

const keys = clusterKeys("lab");
const now = 1_000_000;

/** The ids of those that are taken away. */
function dropped(state: ClusterState): readonly string[] {
  const writer = { keys, guard: [], now, events: new EventLog(keys, "leader", () => now, 1) };
  const root = keys.request("");
  return dropVoid(writer, state).flatMap(({ transaction }) =>
    transaction.then.flatMap((op) => ("delete" in op ? [op.delete.slice(root.length)] : [])),
  );
}

const given = { by: "ann", at: 0, expiresAt: now + 1, revision: 8 };

function asking(...requests: readonly StoredRequest[]): ClusterState {
  const state = new ClusterState(keys.root);
  for (const request of requests) state.requests.set(request.id, request);
  return state;
}

describe("what somebody asked for", () => {
  it("is dropped once its time is over, but for maintenance, which ends by its own rules", () => {
    const over = { ...given, expiresAt: now };
    const maintenance = { kind: "maintenance", cluster: "lab", node: null, reason: null } as const;
    const state = asking(
      { ...over, id: "retry-web", kind: "retry", vm: "web" },
      { ...over, id: "maintenance", ...maintenance },
      { ...given, id: "retry-db", kind: "retry", vm: "db" },
    );
    assert.deepEqual(dropped(state), ["retry-web"]);
    state.requests.delete("retry-web");
    assert.equal(nextExpiry(state.requests), now + 1);
  });

  it("takes a node in after the very proof that it is about: what is left over goes at once", () => {
    const acknowledge = (incident: string) =>
      ({ ...given, id: "acknowledge-hv1", kind: "acknowledge", node: "hv1", incident }) as const;
    const incident = { id: "5", machineId: "m1", bootId: "b1", since: 0 };
    const proof = { by: "bmc", at: 0, devices: ["bmc"] } as const;
    const droppedAfter = (record: FenceRecord | null) => {
      const state = asking(acknowledge("5"));
      if (record !== null) state.fences.set("hv1", { ...record, revision: 9 });
      return dropped(state).length;
    };
    const common = { node: "hv1", history: [] };
    const back: FenceRecord = { ...common, phase: "closed", quarantine: { incident, proof } };
    assert.equal(droppedAfter(back), 0);
    const dead = { ...common, phase: "done", proof, vms: [], powerOn: "no" } as const;
    assert.equal(droppedAfter({ ...dead, incident, quarantine: null }), 0);
    assert.equal(droppedAfter({ ...common, phase: "closed", quarantine: null }), 1, "it was taken in");
    assert.equal(droppedAfter(null), 1);
    const again = { ...incident, id: "12" };
    assert.equal(droppedAfter({ ...dead, incident: again, quarantine: { incident, proof } }), 1, "dead anew");
  });
});
