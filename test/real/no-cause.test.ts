// Needs: etcd, ipmi_sim, ipmitool, fence_ipmilan
// Long
/**
 * Faults that look like lost nodes and are none, in real processes: nobody is shot for them. KEEL_FAULT_SECONDS: how long
 * each of them lasts.
 */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import { assertUntouched, MachineRoom } from "../support/machines/machine-room.ts";

const faultMs = Number(process.env["KEEL_FAULT_SECONDS"] ?? 8) * 1_000;
const fencing = { lease: "3s", grace: "2s" };
const homes = { web: "hv1", db: "hv2", other: "hv3" };

describe("nobody is fenced", { timeout: 290_000 + 4 * faultMs }, () => {
  let started: EtcdCluster | null = null;
  const etcd = (): EtcdCluster => started ?? assert.fail("the store was not started");
  let opened: MachineRoom | null = null;
  const room = (): MachineRoom => opened ?? assert.fail("there are no nodes");
  before(async () => {
    started = await startEtcdCluster({ members: 3 });
    opened = await MachineRoom.open({ endpoints: started.endpoints, fencing }, homes);
  });
  after(async () => {
    await opened?.[Symbol.asyncDispose]();
    await started?.close();
  });
  it("where the agents of all nodes crash again and again", async () => {
    const over = room()
      .lasts(faultMs)
      .then(() => true);
    while (!(await Promise.race([over, systemClock.sleep(300).then(() => false)]))) {
      for (const machine of room().machines.values()) machine.kill("agent");
      for (const name of room().nodes) assert.ok(room().lives(name), name);
    }
    await assertUntouched(room(), homes);
  });

  it("where a member of the store hangs, the one that leads", async (test) => {
    const member = await etcd().leader();
    resumeAfter(test, [member]);
    member.pause();
    await room().lasts(faultMs);
    member.resume();
    await assertUntouched(room(), homes);
  });

  it("where the store loses its quorum", async (test) => {
    const hung = etcd().members.slice(1);
    resumeAfter(test, hung);
    for (const member of hung) member.pause();
    // Nothing but this clock goes on meanwhile.
    await systemClock.sleep(faultMs);
    for (const member of hung) member.resume();
    await etcd().ready();
    await assertUntouched(room(), homes);
  });
});

function resumeAfter(test: TestContext, members: readonly { resume(): void }[]): void {
  test.after(() => {
    for (const member of members) member.resume();
  });
}
