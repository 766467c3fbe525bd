// Needs: etcd, ipmi_sim, ipmitool, fence_ipmilan
/**
 * Nodes that are processes, on an etcd of three members, each behind a power device that speaks IPMI. A member of etcd is
 * on each node, by its address. What befalls them goes on from test to test.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import { ipmiPassword } from "../support/fence/ipmi-simulator.ts";
import type { KeelProcess } from "../support/keel-process.ts";
import { MachineRoom } from "../support/machines/machine-room.ts";
import { untilSeen } from "../support/until-seen.ts";

const fencing = { lease: "3s", grace: "2s" };
const homes = { web: "hv1", db: "hv1", other: "hv2" };
const addresses = { hv1: "127.0.0.11", hv2: "127.0.0.12", hv3: "127.0.0.13" };

describe("a node that is lost", { timeout: 280_000 }, () => {
  let started: EtcdCluster | null = null;
  const etcd = (): EtcdCluster => started ?? assert.fail("the store was not started");
  let opened: MachineRoom | null = null;
  const room = (): MachineRoom => opened ?? assert.fail("there are no nodes");
  before(async () => {
    started = await startEtcdCluster({ members: 3, addresses: Object.values(addresses) });
    const places = new Map(Object.entries(addresses).map(([node, address]) => [node, { address }]));
    opened = await MachineRoom.open({ endpoints: started.endpoints, fencing, places }, homes);
  });
  after(async () => {
    await opened?.[Symbol.asyncDispose]();
    await started?.close();
  });
  const runElsewhere = () =>
    room().until("its VMs run elsewhere", () =>
      ["web", "db"].every((vm) => !["hv1", null].includes(room().runsOn(vm))),
    );

  it("is proven off, its VMs run elsewhere; it is switched on again, and taken in once somebody says so", async () => {
    const machine = room().machine("hv1");
    const boot = machine.bootId;
    machine.pullPlug();
    await runElsewhere();
    await room().until(
      "it is back, in quarantine",
      () => room().lives("hv1") && room().fence("hv1")?.quarantine != null,
    );
    assert.notEqual(machine.bootId, boot);
    assert.deepEqual(room().witness.story("other"), ["start hv2"]);
    await room().acknowledge("hv1");
    await room().until("all is at home", () => ["web", "db"].every((vm) => room().runsOn(vm) === "hv1"));
    assert.deepEqual([...room().witness.whereabouts()].sort(), [
      ["db", "hv1"],
      ["other", "hv2"],
      ["web", "hv1"],
    ]);
    const traces = await room().traces();
    assert.match(traces, /node-fencing/);
    assert.ok(
      !traces.includes(ipmiPassword),
      "the password of a power device is in the store, or was logged",
    );
  });

  it("is left by a leader on it to another one, which lets it be while the store would lose its quorum", async () => {
    const machine = room().machine("hv1");
    await room().setFencing({ ...fencing, powerOn: false });
    const first = await etcd().leader();
    const member = etcd()
      .members.slice(1)
      .find((each) => each !== first);
    await member?.kill();
    const told = machine.bmc.calls;
    const stories = () => ["web", "db"].map((vm) => room().witness.story(vm));
    const before = stories();
    const hung = await makeLead(room(), "on-hv1", "hv1", () => machine.kill("heartbeat", "SIGSTOP"));
    hung.signal("SIGCONT");

    await room().until("another one leads", () => !["on-hv1", undefined].includes(room().state.leader?.id));
    const codes = [...room().state.events.values()].map(({ code }) => code);
    assert.ok(codes.includes("leaders-host"), "its leader stepped down for another reason");
    await room().until(
      "it is on a member that the store needs",
      () => room().phase("hv1") === "lost because of would-lose-quorum",
    );
    assert.deepEqual([room().runsOn("web"), room().runsOn("db")], [null, null]);
    assert.deepEqual([machine.isOn, machine.bmc.calls, stories()], [true, told, before]);

    await member?.start();
    await runElsewhere();
    assert.equal(machine.bmc.calls[told.length], "power 0");
    assert.equal(machine.isOn, false);
    room().witness.whereabouts();
  });

  it("gives its name to another machine once somebody says so, and the former one has lost it", async () => {
    const former = room().exchange("hv1");
    const machine = room().machine("hv1");
    const formerId = room().state.nodes.get("hv1")?.seen?.machineId;
    machine.powerOn();
    await untilSeen("the other machine is refused", async () =>
      machine.read("heartbeat.log").includes("another machine is known under this node's name"),
    );
    assert.equal(room().lives("hv1"), false);
    machine.kill("heartbeat", "SIGSTOP");
    await room().replace("hv1");
    await room().until("it is replaced", () => {
      const record = room().fence("hv1");
      return record !== null && "replaced" in record && record.replaced === formerId;
    });
    former.start();
    await former.says("this machine was replaced");
    machine.kill("heartbeat", "SIGCONT");
    await room().until(
      "the other machine is there, in quarantine",
      () => room().lives("hv1") && room().fence("hv1")?.quarantine != null,
    );
    await former.says("another machine is alive under this node's name");
    assert.notEqual(room().state.nodes.get("hv1")?.alive?.machineId, formerId);
    room().witness.whereabouts();
  });
});

/**
 * A reconciler on the node leads. `meanwhile`: done once the former leader has ended, and nobody leads yet. Returns one
 * elsewhere that stood by, and hangs.
 */
async function makeLead(
  room: MachineRoom,
  id: string,
  node: string,
  meanwhile: () => void,
): Promise<KeelProcess> {
  const former = room.state.leader?.id ?? assert.fail("nobody leads");
  const [other = assert.fail("nobody stands by")] = [...room.reconcilers.keys()].filter(
    (one) => one !== former,
  );
  const hung = room.reconciler(other);
  hung.signal("SIGSTOP");
  await room.startReconciler(id, node).says("standing for election");
  await room.reconciler(former).end("SIGTERM");
  meanwhile();
  await room.until("it leads", () => room.state.leader?.id === id);
  return hung;
}
