// Needs: etcd, ipmi_sim, ipmitool, fence_ipmilan, ip
/**
 * Nodes that are cut off, in real processes: nothing begins twice, and nobody is shot who answers.
 * KEEL_FAULT_SECONDS: how long each of them lasts.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import { type Proxy, startProxy } from "../support/etcd-proxy.ts";
import { assertUntouched, MachineRoom, type Place } from "../support/machines/machine-room.ts";
import { Wire } from "../support/machines/wire.ts";

const faultMs = Number(process.env["KEEL_FAULT_SECONDS"] ?? 8) * 1_000;
const fencing = { lease: "3s", grace: "2s" };
const homes = { web: "hv1", db: "hv2", other: "hv3" };

describe("a node that is cut off", { timeout: 290_000 + 4 * faultMs }, () => {
  let started: EtcdCluster | null = null;
  const etcd = (): EtcdCluster => started ?? assert.fail("the store was not started");
  before(async () => {
    started = await startEtcdCluster({ members: 3, isOpen: true });
  });
  after(() => started?.close());
  const open = (places: ReadonlyMap<string, Place>, inForce = fencing) =>
    MachineRoom.open({ endpoints: etcd().endpoints, fencing: inForce, places }, homes);

  it("keeps its guests where its power device is dead, and is back as before; a false word is put right", async (test) => {
    const wire = await Wire.lay();
    test.after(() => wire.close());
    const endpoints = etcd().endpoints.map((each) => each.replace("127.0.0.1", wire.here));
    const place = { endpoints, entering: wire.entering, address: wire.address };
    await using room = await open(new Map([["hv1", place]]));
    room.machine("hv1").bmc.pause();
    await wire.cut();
    await room.until(
      "it could not be proven off",
      () => room.phase("hv1") === "failed because of fence-failed",
    );
    await room.lasts(faultMs);
    assert.deepEqual(room.witness.story("web"), ["start hv1"]);
    assert.equal(room.runsOn("web"), null, "where it runs is not known");
    await wire.mend();
    await room.until("it is back", () => room.lives("hv1") && room.phase("hv1") === null);
    assert.equal(room.fence("hv1")?.quarantine ?? null, null);
    await room.until("its VM is seen again", () => room.runsOn("web") === "hv1");
    assert.deepEqual(room.witness.story("web"), ["start hv1"]);
    assert.deepEqual(room.machine("hv1").bmc.calls, []);

    await wire.cut();
    await room.until("it is missed again", () => room.phase("hv1")?.startsWith("suspect") === true);
    await room.confirmDead("hv1");
    await room.until(
      "its VM runs elsewhere, by a word that is false",
      () => !["hv1", null].includes(room.runsOn("web")),
    );
    await wire.mend();
    await room.until(
      "it is back, and was not dead",
      () => room.lives("hv1") && room.fence("hv1")?.quarantine?.incident.bootId === room.bootOf("hv1"),
    );
    await room.until("what still ran on it is cut", () => room.witness.story("web").includes("stop hv1"));
    await room.until("it says so itself", () => !["hv1", null].includes(room.runsOn("web")));
    assert.deepEqual(room.witness.story("web").length, 3);
  });

  it("answers directly where it has lost the store alone, and is fenced once it does not", async (test) => {
    const proxies = await Promise.all(etcd().endpoints.map(startProxy));
    test.after(() => Promise.all(proxies.map((proxy) => proxy.close())));
    // Longer than any machine takes to start a program: whether it answers is told by the reason.
    await using room = await open(placeBehind(proxies), { ...fencing, grace: "60s" });
    for (const proxy of proxies) proxy.freeze();
    await room.until("it is known to be cut off", () => room.phase("hv1") === "suspect because of store-cut");
    await room.lasts(faultMs);
    room.assertPhase("hv1", "suspect because of store-cut");
    // A heartbeat that begins while it is cut off can tell nobody of a new key, nor of a new port.
    const beginnings = () =>
      room.machine("hv1").read("heartbeat.log").split("the heart begins to beat").length;
    const before = beginnings();
    room.machine("hv1").kill("heartbeat");
    // No record changes when it begins.
    while (beginnings() === before) await room.lasts(1_000);
    await room.lasts(faultMs);
    room.assertPhase("hv1", "suspect because of store-cut");
    for (const proxy of proxies) proxy.mend();
    await assertUntouched(room, homes);

    await room.setFencing(fencing);
    for (const proxy of proxies) proxy.freeze();
    await room.until(
      "it is known to be cut off again",
      () => room.phase("hv1") === "suspect because of store-cut",
    );
    room.machine("hv1").kill("heartbeat", "SIGSTOP");
    await room.until("its VM runs elsewhere", () => !["hv1", null].includes(room.runsOn("web")));
    assert.deepEqual(room.machine("hv1").bmc.calls[0], "power 0");
    assert.equal(room.witness.whereabouts().get("web"), room.runsOn("web"));
  });
});

function placeBehind(proxies: readonly Proxy[]): ReadonlyMap<string, Place> {
  return new Map([["hv1", { endpoints: proxies.map(({ endpoint }) => endpoint) }]]);
}
