import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../../agent/hypervisor/hypervisor.ts";
import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, stopStep } from "../support/steps.ts";

describe("a stop", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
    await lab.place("web", { node: "hv1", epoch: 3 });
    hv1.machine.start(domainSpec("web"), 3);
    await lab.clock.advance(5_000);
  });
  afterEach(() => lab.close());

  const causeOf = async (vm = "web") => {
    const record = await lab.record("hv1", vm);
    return record?.state === "off" ? record.cause : record?.state;
  };
  const phaseOf = async (step: ReturnType<typeof stopStep>) => (await lab.progress(step))?.phase;

  it("lets the guest shut down, and its end is known to be our doing", async () => {
    const step = stopStep("web", "hv1", 3);
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "done");
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 acpi"]);
    assert.equal(await causeOf(), "stop");
  });

  it("cuts at once where it is told to", async () => {
    const step = stopStep("web", "hv1", 3, { method: "cut" });
    const before = lab.clock.monotonic();
    await lab.carryOut(step);
    assert.equal(lab.clock.monotonic(), before);
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 cut"]);
    assert.equal(await causeOf(), "stop");
  });

  it("is done where nothing runs", async () => {
    hv1.machine.crash("web");
    await lab.clock.advance(0);
    const step = stopStep("web", "hv1", 3);
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "done");
    assert.equal(await causeOf(), "crash");
  });

  it("ends the domain that goes by another name than its VM", async () => {
    await lab.place("shop", { node: "hv1", epoch: 4 });
    const step = stopStep("shop", "hv1", 4, { method: "cut", domain: "web" });
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "done");
    assert.deepEqual(hv1.machine.active(), []);
  });

  it("refuses to stop a later run than the one it was meant for", async () => {
    const step = stopStep("web", "hv1", 2);
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "failed");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("leaves what runs alone where only a copy is meant that waits for its hand-over", async () => {
    const step = stopStep("web", "hv1", 2, { method: "cut", copy: 3 });
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "failed");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("cuts an earlier run that was left over", async () => {
    const step = stopStep("web", "hv1", 9, { method: "cut" });
    await lab.carryOut(step);
    assert.equal(await phaseOf(step), "done");
    assert.deepEqual(hv1.machine.active(), []);
  });

  it("presses the button again every ten seconds: a guest may come to its senses", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = stopStep("web", "hv1", 3);
    await lab.release(step);
    await lab.clock.advance(14_000);
    lab.network.habits.setAcpi("web", "obey");
    await lab.clock.advance(10_999);
    assert.deepEqual(hv1.machine.active(), ["web"]);
    await lab.clock.advance(1);
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 acpi"]);
    await lab.untilEnded(step);
  });

  it("cuts a guest that ignores its button, at the time-out and not before", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = stopStep("web", "hv1", 3, { timeoutMs: 60_000 });
    await lab.release(step);
    await lab.clock.advance(59_999);
    assert.deepEqual(hv1.machine.active(), ["web"]);
    await lab.clock.advance(1);
    assert.equal(await phaseOf(step), "done");
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 cut"]);
    assert.equal(await causeOf(), "stop");
  });

  it("leaves it running at the time-out where it is told to", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = stopStep("web", "hv1", 3, { timeoutMs: 60_000, then: "leave" });
    await lab.carryOut(step);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "failed" && progress.failure === "shutdown-timed-out");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("tells at once that it waits for the guest", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = stopStep("web", "hv1", 3);
    await lab.release(step);
    await lab.clock.advance(0);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "running" && progress.detail === "waiting for the guest to shut down");
  });

  describe("that is cancelled", () => {
    it("leaves the guest running, at once and for good", async () => {
      lab.network.habits.setAcpi("web", "ignore");
      const step = stopStep("web", "hv1", 3, { timeoutMs: 60_000 });
      await lab.release(step);
      await lab.clock.advance(20_000);
      await lab.cancel(step);
      await lab.clock.advance(0);
      assert.equal(await phaseOf(step), "cancelled");
      await lab.clock.advance(120_000);
      assert.deepEqual(hv1.machine.active(), ["web"]);
    });

    it("is done where the guest is off already", async () => {
      const broken = new Set<keyof Hypervisor>();
      await hv1.agent?.kill();
      hv1.startAgent({ broken });
      const step = stopStep("web", "hv1", 3);
      await lab.release(step);
      await lab.clock.advance(4_000);
      broken.add("read");
      await lab.clock.advance(2_000);
      await lab.cancel(step);
      broken.clear();
      await lab.untilEnded(step);
      assert.equal(await phaseOf(step), "done");
      assert.equal(await causeOf(), "stop");
    });

    it("still counts as the reason where the guest goes down after all", async () => {
      const step = stopStep("web", "hv1", 3);
      await lab.release(step);
      await lab.clock.advance(2_000);
      await lab.cancel(step);
      await lab.clock.advance(0);
      assert.equal(await phaseOf(step), "cancelled");
      await lab.clock.advance(10_000);
      assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 acpi"]);
      assert.equal(await causeOf(), "stop");
    });
  });

  it("goes on counting from the claim when its agent is restarted", async () => {
    lab.network.habits.setAcpi("web", "ignore");
    const step = stopStep("web", "hv1", 3, { timeoutMs: 60_000 });
    await lab.release(step);
    await lab.clock.advance(30_000);
    await hv1.agent?.kill();
    await lab.clock.advance(20_000);
    hv1.startAgent();
    await lab.clock.advance(9_999);
    assert.deepEqual(hv1.machine.active(), ["web"]);
    await lab.clock.advance(1);
    assert.equal(await phaseOf(step), "done");
  });

  it("knows its own doing where the guest went down while no agent was there", async () => {
    const step = stopStep("web", "hv1", 3);
    await lab.release(step);
    await lab.clock.advance(1_000);
    await hv1.agent?.kill();
    await lab.clock.advance(10_000);
    hv1.startAgent();
    await lab.untilEnded(step);
    assert.equal(await phaseOf(step), "done");
    assert.equal(await causeOf(), "stop");
  });

  it("goes on where the node's lease is lost: a claimed stop is an order", async () => {
    const step = stopStep("web", "hv1", 3);
    await lab.release(step);
    await lab.untilClaimed(step);
    await hv1.heartbeat?.kill();
    await lab.untilEnded(step);
    assert.deepEqual(hv1.machine.active(), []);
  });

  it("fails where its cuts do not get through", async () => {
    await hv1.agent?.kill();
    hv1.startAgent({ broken: new Set(["cut"]) });
    const step = stopStep("web", "hv1", 3, { method: "cut" });
    await lab.carryOut(step);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "failed" && progress.failure === "hypervisor-error");
  });

  it("ends the guest once and as asked, wherever its agent is killed", async () => {
    const prepare = async (crashLab: Lab) => {
      await crashLab.place("web", { node: "hv1", epoch: 3 });
      crashLab.find("hv1").machine.start(domainSpec("web"), 3);
      await crashLab.clock.advance(5_000);
    };
    const step = stopStep("web", "hv1", 3);
    const points = await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      downMs: 500,
      prepare,
      act: (crashLab) => crashLab.carryOut(step),
      check: async (crashLab) => {
        assert.deepEqual(crashLab.story("web"), ["start hv1", "stop hv1 acpi"]);
        assert.equal((await crashLab.progress(step))?.phase, "done");
        const record = await crashLab.record("hv1", "web");
        assert.ok(record?.state === "off" && record.cause === "stop");
      },
    });
    assert.ok(points > 10, `${points} points`);
  });
});
