import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../../agent/hypervisor/hypervisor.ts";
import { assertMoved, killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, gibibyte, migrateStep } from "../support/steps.ts";

describe("a migration's source", () => {
  const step = migrateStep("web", "hv1", "hv2", 1);
  let lab: Lab;
  let hv1: LabNode;
  let hv2: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    hv2 = await lab.node("hv2");
    hv1.machine.start(domainSpec("web", { memoryBytes: 8 * gibibyte }), 1);
    await lab.clock.advance(1_000);
  });
  afterEach(async () => {
    lab.assertNeverTwice();
    await lab.close();
  });

  const told = async () => {
    const progress = await lab.progress(step);
    return progress?.phase === "failed" ? `${progress.failure}: ${progress.detail}` : progress?.phase;
  };
  const job = () => hv1.machine.read().domains[0]?.job ?? null;
  const untilMoving = () => lab.until(() => job() !== null, "the job is under way");

  it("waits for the target to claim its role", async () => {
    await hv2.agent?.kill();
    await lab.release(step);
    await lab.clock.advance(30_000);
    assert.deepEqual([await told(), job()], ["claimed", null]);
    hv2.startAgent();
    await untilMoving();
  });

  it("begins nothing without its node's lease, and does as soon as it has one", async () => {
    await hv2.agent?.kill();
    await lab.release(step);
    await lab.untilClaimed(step);
    await hv1.heartbeat?.kill();
    await lab.clock.advance(15_000);
    hv2.startAgent();
    await lab.untilClaimed(step, "hv2");
    await lab.clock.advance(5_000);
    assert.equal(job(), null);
    hv1.startHeartbeat();
    await untilMoving();
  });

  it("gives up on a target that does not take part", async () => {
    await hv2.agent?.kill();
    await lab.release(step);
    await lab.untilEnded({ ...step, to: "hv1" });
    assert.equal(await told(), "migration-kept: hv2 did not take part");
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("gives up on a target that let go of it before it began", async () => {
    await hv2.agent?.kill();
    await lab.release(step);
    await lab.tell(step, "hv2", { phase: "failed", failure: "precondition", detail: "no room" });
    await lab.clock.advance(2_000);
    assert.equal(await told(), "migration-kept: hv2 did not take it: no room");
  });

  it("aborts where the target lets go of it on the way", async () => {
    lab.network.habits.setMigration("web", "hang");
    await lab.release(step);
    await untilMoving();
    await hv2.agent?.kill();
    await lab.tell(step, "hv2", { phase: "cancelled" });
    await lab.untilEnded({ ...step, to: "hv1" });
    assert.equal(await told(), "migration-kept: hv2 let go of it");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("tells a percentage at once, and then every two seconds", async () => {
    await lab.release(step);
    await untilMoving();
    const percents: (number | null)[] = [];
    const revisions = new Set<number>();
    for (let i = 0; i < 150; i += 1) {
      const item = await lab.store.get(lab.keys.progress("hv1", step.id));
      const progress = await lab.progress(step);
      if (progress?.phase === "running" && item !== null && !revisions.has(item.modRevision)) {
        revisions.add(item.modRevision);
        percents.push(progress.percent);
      }
      await lab.clock.advance(100);
    }
    assert.equal(percents[0], 0);
    assert.ok(percents.length >= 7 && percents.length <= 9, percents.join(" "));
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });

  it("is done when the domain is gone by migration, and its record says so by then", async () => {
    await lab.carryOut(step);
    await assertMoved(lab, step);
    const record = await lab.record("hv1", "web");
    assert.ok(record?.state === "off" && record.cause === "migrated");
    assert.deepEqual(lab.story("web"), [
      "start hv1",
      "migrate-begin hv1",
      "migrate-end hv1 ok",
      "resume hv2",
    ]);
  });

  it("keeps the guest where the migration fails", async () => {
    lab.network.habits.setMigration("web", "fail");
    await lab.carryOut(step);
    assert.match((await told()) ?? "", /^migration-kept/);
    assert.equal((await lab.progress(step, "hv2"))?.phase, "cancelled");
    assert.deepEqual([hv1.machine.active(), hv2.machine.read().domains], [["web"], []]);
  });

  it("aborts after a minute without progress", async () => {
    lab.network.habits.setMigration("web", "hang");
    await lab.release(step);
    await untilMoving();
    await lab.clock.advance(58_000);
    assert.notEqual(job(), null);
    await lab.untilEnded(step);
    assert.equal(await told(), "migration-kept: no progress for 60 s");
    assert.deepEqual([hv1.machine.active(), hv2.machine.read().domains], [["web"], []]);
  });

  it("does not count as stalled what moves slowly", async () => {
    lab.network.habits.setMigration("web", "hang");
    await lab.release(step);
    await untilMoving();
    for (let i = 0; i < 4; i += 1) {
      await lab.clock.advance(45_000);
      lab.network.habits.setMigration("web", "ok");
      await lab.clock.advance(3_000);
      lab.network.habits.setMigration("web", "hang");
    }
    lab.network.habits.setMigration("web", "ok");
    await lab.untilEnded(step);
    assert.equal(await told(), "done");
  });

  it("keeps the guest where the hypervisor refuses to begin", async () => {
    hv2.machine.start(domainSpec("big", { memoryBytes: 12 * gibibyte }), 1);
    await lab.carryOut(step);
    assert.match((await told()) ?? "", /^migration-kept: hv2 has .* bytes of memory free/);
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("does not conclude too soon from a beginning that was not answered", async () => {
    await hv1.agent?.kill();
    hv1.startAgent({ broken: new Set<keyof Hypervisor>(["migrate"]) });
    await lab.release(step);
    await lab.until(async () => (await told()) === "running", "it tries");
    await lab.clock.advance(9_000);
    assert.equal(await told(), "running");
    await lab.untilEnded(step);
    assert.equal(await told(), "migration-kept: migrate does not get through");
  });

  it("tells where the guest ended otherwise", async () => {
    await lab.release(step);
    await untilMoving();
    hv1.machine.crash("web");
    await lab.untilEnded(step);
    assert.equal(await told(), "source-ended: it ended: crash");
    const target = await lab.progress(step, "hv2");
    assert.ok(target?.phase === "failed" && target.failure === "source-ended");
  });

  it("never takes a guest for gone by migration that nobody saw go", async () => {
    await lab.release(step);
    await untilMoving();
    await hv1.agent?.kill();
    await hv1.heartbeat?.kill();
    hv1.machine.powerOff();
    hv1.machine.powerOn();
    hv1.startHeartbeat();
    hv1.startAgent();
    await lab.untilEnded(step);
    assert.equal(await told(), "source-ended: it is gone, and nobody saw how");
    assert.deepEqual(hv2.machine.read().domains, []);
  });

  it("fails where the domain is paused, or another run", async () => {
    hv1.machine.suspend("web");
    await lab.carryOut(step);
    assert.equal(await told(), "precondition: web is paused");
    await lab.clear(step);
    const stale = migrateStep("web", "hv1", "hv2", 7);
    await lab.carryOut(stale);
    const progress = await lab.progress(stale);
    assert.ok(progress?.phase === "failed" && progress.failure === "precondition");
  });

  describe("that is cancelled", () => {
    it("before it begins moves nothing", async () => {
      await hv2.agent?.kill();
      await lab.release(step);
      await lab.untilClaimed(step);
      await lab.cancel(step);
      await lab.clock.advance(0);
      assert.equal(await told(), "cancelled");
      hv2.startAgent();
      await lab.untilEnded(step);
      assert.equal((await lab.progress(step, "hv2"))?.phase, "cancelled");
      assert.deepEqual(lab.story("web"), ["start hv1"]);
    });

    it("before its target has claimed its role is over on both sides", async () => {
      await hv2.agent?.kill();
      await lab.release(step);
      await lab.untilClaimed(step);
      await lab.cancel(step);
      await lab.cancel(step, "hv2");
      hv2.startAgent();
      await lab.untilEnded(step);
      assert.equal(await told(), "cancelled");
      assert.equal((await lab.progress(step, "hv2"))?.phase, "cancelled");
      assert.deepEqual(lab.story("web"), ["start hv1"]);
    });

    it("on its way is aborted, and the guest stays", async () => {
      await lab.release(step);
      await untilMoving();
      await lab.clock.advance(3_000);
      await lab.cancel(step);
      await lab.cancel(step, "hv2");
      await lab.untilEnded(step);
      assert.equal(await told(), "cancelled");
      assert.equal((await lab.progress(step, "hv2"))?.phase, "cancelled");
      assert.deepEqual([hv1.machine.active(), hv2.machine.read().domains], [["web"], []]);
    });

    it("too late has moved", async () => {
      const broken = new Set<keyof Hypervisor>();
      await hv1.agent?.kill();
      hv1.startAgent({ broken });
      await lab.release(step);
      await untilMoving();
      broken.add("read");
      await lab.until(() => hv1.machine.active().length === 0, "it is gone");
      await lab.cancel(step);
      await lab.cancel(step, "hv2");
      await lab.clock.advance(10_000);
      assert.equal(hv2.machine.read().domains[0]?.state, "incoming");
      broken.clear();
      await lab.untilEnded(step);
      await assertMoved(lab, step);
    });

    it("asks again where the abort did not get through", async () => {
      const broken = new Set<keyof Hypervisor>(["abortMigration"]);
      await hv1.agent?.kill();
      hv1.startAgent({ broken });
      lab.network.habits.setMigration("web", "hang");
      await lab.release(step);
      await untilMoving();
      await lab.cancel(step);
      await lab.clock.advance(5_000);
      broken.clear();
      await lab.untilEnded(step);
      assert.equal(await told(), "cancelled");
    });
  });

  describe("whose agent is restarted", () => {
    it("takes up the running job", async () => {
      await lab.release(step);
      await untilMoving();
      await lab.clock.advance(2_000);
      await hv1.agent?.kill();
      await lab.clock.advance(4_000);
      hv1.startAgent();
      await lab.untilEnded(step);
      await assertMoved(lab, step);
      assert.equal(lab.story("web").filter((line) => line.startsWith("migrate-begin")).length, 1);
    });

    it("takes up a job that begins only after it has come", async () => {
      await hv1.agent?.kill();
      hv1.startAgent({ broken: new Set(["migrate"]) });
      await lab.release(step);
      await lab.until(async () => (await told()) === "running", "it asks for the migration");
      await hv1.agent?.kill();
      hv1.startAgent();
      await lab.clock.advance(5_000);
      await hv1.machine.migrate("web", { node: "hv2", address: null, epoch: 2, maxDowntimeMs: 300 });
      await lab.untilEnded(step);
      await assertMoved(lab, step);
    });

    it("finds a guest that has gone meanwhile", async () => {
      await lab.release(step);
      await untilMoving();
      await hv1.agent?.kill();
      await lab.clock.advance(60_000);
      assert.deepEqual([hv1.machine.active(), hv2.machine.active()], [[], []]);
      hv1.startAgent();
      await lab.untilEnded(step);
      await assertMoved(lab, step);
    });

    it("finds a migration that has failed meanwhile, and does not begin another", async () => {
      lab.network.habits.setMigration("web", "fail");
      await lab.release(step);
      await untilMoving();
      await hv1.agent?.kill();
      await lab.clock.advance(60_000);
      lab.network.habits.setMigration("web", "ok");
      hv1.startAgent();
      await lab.untilEnded(step);
      assert.match((await told()) ?? "", /^migration-kept/);
      assert.deepEqual(hv1.machine.active(), ["web"]);
    });

    for (const [downMs, stride] of [
      [0, 3],
      [30_000, 7],
    ] as const) {
      it(`moves the guest once, wherever that is, and ${downMs / 1000} s later goes on`, async () => {
        const small = migrateStep("web", "hv1", "hv2", 1);
        await killAtEachPoint({
          victim: "hv1",
          nodes: ["hv1", "hv2"],
          downMs,
          stride,
          prepare: async (crashLab) => {
            crashLab.find("hv1").machine.start(domainSpec("web"), 1);
            await crashLab.clock.advance(1_000);
          },
          act: (crashLab) => crashLab.carryOut(small),
          check: async (crashLab) => {
            if ((await crashLab.progress(small))?.phase === "done") {
              await assertMoved(crashLab, small);
            } else {
              // Killed between telling that it begins and beginning, it cannot know that it never did.
              assert.deepEqual(crashLab.story("web"), ["start hv1"]);
            }
          },
        });
      });
    }
  });
});
