// Needs: etcd, ipmi_sim, ipmitool, fence_ipmilan
/** Nodes that are processes, on an etcd of three members, each behind a power device that speaks IPMI. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import { ipmiPassword } from "../support/fence/ipmi-simulator.ts";
import { MachineRoom } from "../support/machines/machine-room.ts";

const fencing = { lease: "3s", grace: "2s" };

describe("a node that is lost", { timeout: 240_000 }, () => {
  let etcd: EtcdCluster | null = null;
  before(async () => {
    etcd = await startEtcdCluster({ members: 3 });
  });
  after(() => etcd?.close());
  const room = (homes: Record<string, string>) =>
    MachineRoom.open({ endpoints: etcd?.endpoints ?? [], fencing }, homes);

  it("is proven off, its VMs run elsewhere; it is switched on again, and taken in once somebody says so", async () => {
    await using it = await room({ web: "hv1", db: "hv1", other: "hv2" });
    const before = it.machine("hv1").bootId;
    it.machine("hv1").pullPlug();
    await it.until("its VMs run elsewhere", () =>
      ["web", "db"].every((vm) => !["hv1", null].includes(it.runsOn(vm))),
    );
    await it.until("it is back, in quarantine", () => it.lives("hv1") && it.fence("hv1")?.quarantine != null);
    assert.notEqual(it.machine("hv1").bootId, before);
    assert.deepEqual(it.witness.story("other"), ["start hv2"]);
    await it.acknowledge("hv1");
    await it.until("all is at home", () => ["web", "db"].every((vm) => it.runsOn(vm) === "hv1"));
    assert.deepEqual([...it.witness.whereabouts()].sort(), [
      ["db", "hv1"],
      ["other", "hv2"],
      ["web", "hv1"],
    ]);
    const traces = await it.traces();
    assert.match(traces, /node-fencing/);
    assert.ok(
      !traces.includes(ipmiPassword),
      "the password of a power device is in the store, or was logged",
    );
  });
});
