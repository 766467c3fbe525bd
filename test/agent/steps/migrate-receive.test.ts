import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../../agent/hypervisor/hypervisor.ts";
import { assertMoved, killAtEachPoint } from "../support/crash-points.ts";
import { Lab, type TestProgress } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, migrateStep } from "../support/steps.ts";

/** The test speaks for the source's agent, which is never there. */
describe("a migration's target", () => {
  const step = migrateStep("web", "hv1", "hv2", 1);
  let lab: Lab;
  let hv1: LabNode;
  let hv2: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    hv2 = await lab.node("hv2");
    await hv1.agent?.kill();
    hv1.machine.start(domainSpec("web"), 1);
    await lab.clock.advance(1_000);
  });
  afterEach(async () => {
    lab.assertNeverTwice();
    await lab.close();
  });

  const told = async () => {
    const progress = await lab.progress(step, "hv2");
    return progress?.phase === "failed" ? progress.failure : progress?.phase;
  };
  const begin = async () => {
    await lab.release(step);
    await lab.untilClaimed(step, "hv2");
    await lab.tell(step, "hv1", { phase: "claimed", claimedUptimeMs: 0 });
    const target = { node: "hv2", address: null, epoch: 2, maxDowntimeMs: 300 };
    await hv1.machine.migrate("web", target);
  };
  /** The source is done with it: ended there, or gone on. */
  const handedOver = async () => {
    await begin();
    await lab.until(() => hv1.machine.active().length === 0, "it is gone");
  };
  const sourceTells = async (progress: TestProgress) => {
    await lab.tell(step, "hv1", progress);
    await lab.clock.advance(0);
  };
  const copyState = () => hv2.machine.read().domains[0]?.state ?? "none";

  it("resumes the copy at once when the source tells that it is gone", async () => {
    await handedOver();
    await lab.clock.advance(300_000);
    assert.equal(copyState(), "incoming");
    await sourceTells({ phase: "done", detail: "gone" });
    assert.deepEqual([copyState(), await told()], ["running", "done"]);
    const record = await lab.record("hv2", "web");
    assert.ok(record?.state === "running" && record.epoch === 2);
  });

  it("resumes it as long as it takes, and says what stands against it: the guest is nowhere else", async () => {
    const broken = new Set<keyof Hypervisor>(["resume"]);
    await hv2.agent?.kill();
    hv2.startAgent({ broken });
    await handedOver();
    await sourceTells({ phase: "done", detail: "gone" });
    await lab.clock.advance(300_000);
    const progress = await lab.progress(step, "hv2");
    assert.ok(progress?.phase === "running");
    assert.match(progress.detail ?? "", /the copy cannot be resumed yet: resume does not get through/);
    broken.clear();
    await lab.until(async () => (await told()) === "done", "it is handed over");
    assert.equal(copyState(), "running");
  });

  it("shows the copy as incoming, and leaves no record of one that was cut", async () => {
    await begin();
    await lab.clock.advance(0);
    assert.equal((await lab.record("hv2", "web"))?.state, "incoming");
    hv1.machine.abortMigration("web");
    await sourceTells({ phase: "cancelled" });
    assert.equal(await told(), "cancelled");
    assert.equal(await lab.record("hv2", "web"), null);
  });

  const ends: readonly (readonly [string, TestProgress, string])[] = [
    ["kept it", { phase: "failed", failure: "migration-kept", detail: "it failed" }, "cancelled"],
    ["was cancelled", { phase: "cancelled" }, "cancelled"],
    ["could not begin", { phase: "failed", failure: "precondition", detail: "paused" }, "cancelled"],
    ["ended otherwise", { phase: "failed", failure: "source-ended", detail: "crash" }, "source-ended"],
  ];
  for (const [what, progress, end] of ends) {
    it(`cuts its copy where the source ${what}`, async () => {
      lab.network.habits.setMigration("web", "hang");
      await begin();
      await sourceTells(progress);
      assert.deepEqual([copyState(), await told()], ["none", end]);
    });
  }

  it("does not touch a copy that somebody let run although the source did not let go", async () => {
    await handedOver();
    hv2.machine.resume("web");
    await sourceTells({ phase: "failed", failure: "migration-kept", detail: "it failed" });
    assert.deepEqual([copyState(), await told()], ["running", "precondition"]);
  });

  it("goes on waiting for a silent source, whose loss is not its to judge", async () => {
    await begin();
    await hv1.heartbeat?.kill();
    hv1.machine.powerOff();
    await lab.clock.advance(3_600_000);
    assert.deepEqual([copyState(), await told()], ["incoming", "claimed"]);
  });

  const loseSource = async () => {
    await hv1.heartbeat?.kill();
    await lab.until(async () => (await lab.store.get(lab.keys.alive("hv1"))) === null, "hv1 is lost");
  };

  it("keeps its copy when it is cancelled and the source is silent, until that is proven dead", async () => {
    await handedOver();
    await loseSource();
    await lab.cancel(step, "hv2");
    await lab.clock.advance(3_600_000);
    assert.deepEqual([copyState(), await told()], ["incoming", "claimed"]);
    await lab.proveDead("hv1");
    await lab.until(async () => (await told()) === "cancelled", "it lets go");
    assert.equal(copyState(), "none");
  });

  it("keeps its copy where the proof is of a life of the source before this one", async () => {
    await loseSource();
    await lab.proveDead("hv1");
    hv1.startHeartbeat();
    await handedOver();
    await loseSource();
    await lab.cancel(step, "hv2");
    await lab.clock.advance(60_000);
    assert.deepEqual([copyState(), await told()], ["incoming", "claimed"]);
  });

  it("cuts its copy at once when it is cancelled because the source was proven dead", async () => {
    await begin();
    hv1.machine.powerOff();
    await loseSource();
    await lab.proveDead("hv1");
    await lab.cancel(step, "hv2");
    await lab.clock.advance(0);
    assert.deepEqual([copyState(), await told()], ["none", "cancelled"]);
  });

  it("cuts its copy when it is cancelled and the source's part is gone from the store", async () => {
    lab.network.habits.setMigration("web", "hang");
    await begin();
    const key = lab.keys.step("hv1", step.id);
    await lab.store.transact({ compare: [], then: [{ delete: key }] });
    await lab.cancel(step, "hv2");
    await lab.clock.advance(0);
    assert.deepEqual([copyState(), await told()], ["none", "cancelled"]);
  });

  it("waits for the source's word when it is cancelled while the source may have let go already", async () => {
    await handedOver();
    await lab.cancel(step, "hv2");
    await lab.clock.advance(60_000);
    assert.deepEqual([copyState(), await told()], ["incoming", "claimed"]);
    await sourceTells({ phase: "done", detail: "gone" });
    assert.deepEqual([copyState(), await told()], ["running", "done"]);
  });

  it("lets go at once when it is cancelled before the source has claimed its role", async () => {
    await lab.release(step);
    await lab.untilClaimed(step, "hv2");
    await lab.cancel(step, "hv2");
    await lab.clock.advance(0);
    assert.equal(await told(), "cancelled");
  });

  it("resumes nothing without its node's lease, and does as soon as it has one", async () => {
    await handedOver();
    await hv2.heartbeat?.kill();
    await lab.until(async () => (await lab.store.get(lab.keys.alive("hv2"))) === null, "the lease ends");
    await sourceTells({ phase: "done", detail: "gone" });
    await lab.clock.advance(30_000);
    assert.equal(copyState(), "incoming");
    hv2.startHeartbeat();
    await lab.until(async () => (await told()) === "done", "it resumes");
    assert.equal(copyState(), "running");
  });

  it("cuts also without its node's lease", async () => {
    lab.network.habits.setMigration("web", "hang");
    await begin();
    await hv2.heartbeat?.kill();
    await lab.until(async () => (await lab.store.get(lab.keys.alive("hv2"))) === null, "the lease ends");
    await sourceTells({ phase: "cancelled" });
    assert.deepEqual([copyState(), await told()], ["none", "cancelled"]);
  });

  it("tries again to resume, and to cut, where that does not get through", async () => {
    const broken = new Set<keyof Hypervisor>(["resume"]);
    await hv2.agent?.kill();
    hv2.startAgent({ broken });
    await handedOver();
    await sourceTells({ phase: "done", detail: "gone" });
    await lab.clock.advance(500);
    broken.clear();
    await lab.until(async () => (await told()) === "done", "it resumes");
    assert.equal(copyState(), "running");
  });

  it("is not over before its copy is cut", async () => {
    const broken = new Set<keyof Hypervisor>(["cut"]);
    await hv2.agent?.kill();
    hv2.startAgent({ broken });
    lab.network.habits.setMigration("web", "hang");
    await begin();
    await sourceTells({ phase: "cancelled" });
    await lab.clock.advance(120_000);
    assert.deepEqual([copyState(), await told()], ["incoming", "running"]);
    broken.clear();
    await lab.until(async () => (await told()) === "cancelled", "it cuts");
    assert.equal(copyState(), "none");
  });

  it("says so where its copy is gone after the source let go", async () => {
    await handedOver();
    hv2.machine.powerOff();
    hv2.machine.powerOn();
    await hv2.agent?.kill();
    await hv2.heartbeat?.kill();
    hv2.startHeartbeat();
    hv2.startAgent();
    await sourceTells({ phase: "done", detail: "gone" });
    await lab.until(async () => (await told()) !== "claimed", "it tells");
    assert.equal(await told(), "hypervisor-error");
  });

  for (const [downMs, stride] of [
    [0, 3],
    [30_000, 7],
  ] as const) {
    it(`runs the guest once, wherever its agent is killed and ${downMs / 1000} s later goes on`, async () => {
      await killAtEachPoint({
        victim: "hv2",
        nodes: ["hv1", "hv2"],
        downMs,
        stride,
        prepare: async (crashLab) => {
          crashLab.find("hv1").machine.start(domainSpec("web"), 1);
          await crashLab.clock.advance(1_000);
        },
        act: (crashLab) => crashLab.carryOut(step),
        check: (crashLab) => assertMoved(crashLab, step),
      });
    });

    it(`lets go of its copy, wherever its agent is killed and ${downMs / 1000} s later goes on`, async () => {
      await killAtEachPoint({
        victim: "hv2",
        nodes: ["hv1", "hv2"],
        downMs,
        stride,
        prepare: async (crashLab) => {
          crashLab.network.habits.setMigration("web", "fail");
          crashLab.find("hv1").machine.start(domainSpec("web"), 1);
          await crashLab.clock.advance(1_000);
        },
        act: (crashLab) => crashLab.carryOut(step),
        check: async (crashLab) => {
          assert.deepEqual(crashLab.find("hv1").machine.active(), ["web"]);
          assert.deepEqual(crashLab.find("hv2").machine.read().domains, []);
          assert.equal((await crashLab.progress(step, "hv2"))?.phase, "cancelled");
        },
      });
    });
  }
});
