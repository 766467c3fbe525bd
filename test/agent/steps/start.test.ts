import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../../agent/hypervisor/hypervisor.ts";
import { killAtEachPoint } from "../support/crash-points.ts";
import { Lab } from "../support/lab.ts";
import type { LabNode } from "../support/lab-node.ts";
import { domainSpec, gibibyte, startStep, volume } from "../support/steps.ts";

describe("a start", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
  });
  afterEach(() => lab.close());

  const failureOf = async (step: ReturnType<typeof startStep>) => {
    const progress = await lab.progress(step);
    return progress?.phase === "failed" ? progress.failure : progress?.phase;
  };

  it("is done when the domain runs, and its record is there by then", async () => {
    const step = startStep("web", "hv1", 1);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    const record = await lab.store.get(lab.keys.domain("hv1", "web"));
    const progress = await lab.store.get(lab.keys.progress("hv1", step.id));
    assert.ok(record !== null && progress !== null && record.modRevision < progress.modRevision);
    assert.equal((await lab.status("hv1"))?.memoryFreeBytes, 15 * gibibyte);
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("is done without acting where the domain runs already", async () => {
    hv1.machine.start(domainSpec("web"), 1);
    const step = startStep("web", "hv1", 1);
    await lab.carryOut(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("fails where a domain of another epoch runs, which it does not touch", async () => {
    hv1.machine.start(domainSpec("web"), 1);
    const step = startStep("web", "hv1", 2);
    await lab.carryOut(step);
    assert.equal(await failureOf(step), "precondition");
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("says what kept it from starting", async () => {
    const missing = startStep("db", "hv1", 1, domainSpec("db", {}, [volume("root", false)]));
    const tooBig = startStep("big", "hv1", 1, domainSpec("big", { memoryBytes: 2 ** 40 }));
    const network = { name: "odd", type: "carrier-pigeon", bridge: null, vlan: null };
    const nics = [{ name: "eth0", mac: "52:54:00:00:00:01", network }];
    const odd = startStep("odd", "hv1", 1, { ...domainSpec("odd"), nics });
    for (const step of [missing, tooBig, odd]) await lab.carryOut(step);
    assert.equal(await failureOf(missing), "volume-missing");
    assert.equal(await failureOf(tooBig), "hypervisor-error");
    assert.equal(await failureOf(odd), "unsupported");
    assert.deepEqual(lab.events, []);
  });

  it("is done, not repeated, where the guest crashes before the agent has looked", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>();
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.until(() => hv1.machine.active().length === 1, "it starts");
    broken.add("read");
    hv1.machine.crash("web");
    await lab.clock.advance(10_000);
    broken.clear();
    await lab.untilEnded(step);
    assert.equal((await lab.progress(step))?.phase, "done");
    assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 crash"]);
    const record = await lab.record("hv1", "web");
    assert.ok(record?.state === "off" && record.cause === "crash");
  });

  it("tells no end before the hypervisor could be read", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.clock.advance(120_000);
    const progress = await lab.progress(step);
    assert.ok(progress?.phase === "running" && progress.detail?.includes("does not answer"));
    broken.clear();
    await lab.untilEnded(step);
    assert.deepEqual(hv1.machine.active(), ["web"]);
  });

  it("tries again where its call did not get through, and then says so", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["start"]);
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.carryOut(step);
    assert.equal(await failureOf(step), "hypervisor-error");
    assert.deepEqual(hv1.machine.active(), []);
  });

  it("does not begin where it is cancelled first", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.untilClaimed(step);
    await lab.cancel(step);
    broken.clear();
    await lab.untilEnded(step);
    assert.equal((await lab.progress(step))?.phase, "cancelled");
    assert.deepEqual(lab.events, []);
  });

  it("does not begin where the node's lease was lost after the claim", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.untilClaimed(step);
    await hv1.heartbeat?.kill();
    await lab.clock.advance(15_000);
    hv1.startHeartbeat();
    await lab.clock.advance(5_000);
    broken.clear();
    await lab.untilEnded(step);
    assert.equal(await failureOf(step), "precondition");
    assert.deepEqual(lab.events, []);
  });

  it("does not begin where the step was withdrawn after the claim", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.untilClaimed(step);
    await lab.clear(step);
    broken.clear();
    await lab.clock.advance(30_000);
    assert.deepEqual(lab.events, []);
    assert.equal(await lab.progress(step), null);
  });

  it("claimed in an earlier boot of the node is not begun in this one", async () => {
    await hv1.agent?.kill();
    hv1.startAgent({ broken: new Set(["read"]) });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.untilClaimed(step);
    await hv1.agent?.kill();
    await hv1.heartbeat?.kill();
    hv1.machine.powerOff();
    hv1.machine.powerOn();
    hv1.startHeartbeat();
    hv1.startAgent();
    await lab.untilEnded(step);
    assert.equal(await failureOf(step), "precondition");
    assert.deepEqual(lab.events, []);
  });

  const others: readonly (readonly [string, (step: ReturnType<typeof startStep>) => Promise<unknown>])[] = [
    ["was withdrawn", (step) => lab.clear(step)],
    ["was cancelled", (step) => lab.cancel(step)],
    ["went elsewhere", () => lab.place("web", { node: "hv2", epoch: 2 })],
    [
      "lost its node's lease",
      () => lab.store.transact({ compare: [], then: [{ delete: lab.keys.alive("hv1") }] }),
    ],
  ];
  for (const [what, happen] of others) {
    it(`does not begin where it ${what} and the agent has not heard of it`, async () => {
      await hv1.agent?.kill();
      await lab.clock.advance(0);
      const broken = new Set<keyof Hypervisor>(["read"]);
      const { tap } = hv1.startAgent({ broken });
      const step = startStep("web", "hv1", 1);
      await lab.release(step);
      await lab.untilClaimed(step);
      tap.goBlind();
      await happen(step);
      broken.clear();
      await lab.clock.advance(30_000);
      assert.deepEqual(lab.events, []);
      tap.see();
      await lab.clock.advance(5_000);
      assert.deepEqual(lab.events, []);
    });
  }

  it("tells its end only after its record is written", async () => {
    const key = lab.keys.domain("hv1", "web");
    const tap = hv1.agent?.tap;
    assert.ok(tap !== undefined);
    tap.refuses = ({ then }) => then.some((operation) => "put" in operation && operation.put === key);
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.clock.advance(30_000);
    assert.deepEqual(hv1.machine.active(), ["web"]);
    assert.equal((await lab.progress(step))?.phase, "running");
    tap.refuses = () => false;
    await lab.untilEnded(step);
    assert.equal((await lab.record("hv1", "web"))?.state, "running");
  });

  it("waits out an outage of the store between its claim and its act", async () => {
    await hv1.agent?.kill();
    const broken = new Set<keyof Hypervisor>(["read"]);
    const { wire } = hv1.startAgent({ broken });
    const step = startStep("web", "hv1", 1);
    await lab.release(step);
    await lab.untilClaimed(step);
    wire.state = "cut";
    broken.clear();
    await lab.clock.advance(5_000);
    assert.deepEqual(lab.events, []);
    wire.state = "up";
    await lab.untilEnded(step);
    assert.deepEqual(lab.story("web"), ["start hv1"]);
  });

  it("starts the guest once, wherever its agent is killed", async () => {
    const points = await killAtEachPoint({
      victim: "hv1",
      nodes: ["hv1"],
      act: (crashLab) => crashLab.carryOut(startStep("web", "hv1", 1)),
      check: async (crashLab) => {
        assert.deepEqual(crashLab.story("web"), ["start hv1"]);
        assert.equal((await crashLab.progress(startStep("web", "hv1", 1)))?.phase, "done");
        assert.equal((await crashLab.record("hv1", "web"))?.state, "running");
      },
    });
    assert.ok(points > 10, `${points} points`);
  });
});
