import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../agent/hypervisor/hypervisor.ts";
import { AgentReplacedError } from "../../agent/presence.ts";
import type { ObservedDomain } from "../../reconciler/model/observed.ts";
import { decode } from "../../reconciler/store/codec.ts";
import { Lab } from "./support/lab.ts";
import type { LabNode } from "./support/lab-node.ts";
import { domainSpec, gibibyte, startStep, stopStep } from "./support/steps.ts";

describe("runAgent", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
  });
  afterEach(() => lab.close());

  const states = async () => {
    const { items } = await lab.store.list(lab.keys.domains("hv1"));
    const records = items.map((item) => decode<ObservedDomain>(item));
    return records.map((record) => `${record.vm} ${record.state === "off" ? record.cause : record.state}`);
  };
  const untilStates = (...wanted: string[]) =>
    lab.until(
      async () => JSON.stringify(await states()) === JSON.stringify(wanted),
      wanted.join(", ") || "no record",
    );
  /** Runs there, and is placed there. */
  const running = async (vm: string, epoch = 1) => {
    await lab.carryOut(startStep(vm, "hv1", epoch));
    await lab.clear(startStep(vm, "hv1", epoch));
  };

  describe("tells what it sees", () => {
    it("in its node's session, with the placements that it knew", async () => {
      await lab.place("web", { node: "hv1", epoch: 1 });
      const revision = lab.core.revision;
      await lab.until(
        async () => ((await lab.status("hv1"))?.seen ?? 0) >= revision,
        "the placement is seen",
      );
      const status = await lab.status("hv1");
      const alive = await lab.store.get(lab.keys.alive("hv1"));
      assert.deepEqual(status?.session, { lease: alive?.lease, bootId: hv1.machine.bootId });
      assert.equal(status.memoryBytes, 16 * gibibyte);
    });

    it("and does not write for placements of other nodes", async () => {
      await lab.place("web", { node: "hv2", epoch: 1 });
      const revision = lab.core.revision;
      await lab.clock.advance(60_000);
      assert.equal(lab.core.revision, revision);
    });

    it("at once where a guest ends, and how", async () => {
      for (const vm of ["a", "b", "c"]) await running(vm);
      hv1.machine.crash("a");
      hv1.machine.switchOff("b");
      hv1.machine.cut("c");
      await lab.clock.advance(0);
      assert.deepEqual(await states(), ["a crash", "b guest", "c unknown"]);
    });

    it("of a domain whose node was started again meanwhile, that it ended with it", async () => {
      await running("web");
      await hv1.agent?.kill();
      hv1.machine.powerOff();
      hv1.machine.powerOn();
      await hv1.heartbeat?.kill();
      hv1.startHeartbeat();
      hv1.startAgent();
      await untilStates("web reboot");
      assert.equal((await lab.record("hv1", "web"))?.session.bootId, hv1.machine.bootId);
    });

    it("of a guest that ended while no agent was there, as the hypervisor remembers it", async () => {
      await running("web");
      await hv1.agent?.kill();
      hv1.machine.crash("web");
      hv1.startAgent();
      await untilStates("web crash");
    });

    it("of an end as long as the placement names the node and no newer epoch", async () => {
      await running("web");
      hv1.machine.crash("web");
      await untilStates("web crash");
      await lab.place("web", { node: "hv1", epoch: 2 });
      await untilStates();
      assert.deepEqual(hv1.machine.read().ended, []);
    });

    it("of a domain without a placement, and lets its end go", async () => {
      hv1.machine.start(domainSpec("stray"), 1);
      await untilStates("stray running");
      hv1.machine.crash("stray");
      await untilStates();
    });

    it("of the change that was made by hand", async () => {
      await running("web");
      hv1.machine.alter("web", { memoryBytes: gibibyte / 2 });
      await lab.clock.advance(0);
      const record = await lab.record("hv1", "web");
      assert.ok(record !== null && record.state !== "off");
      assert.deepEqual([record.live.memoryBytes, record.applied.memoryBytes], [gibibyte / 2, gibibyte]);
    });

    it("in batches, the status after all that it covers", async () => {
      await hv1.agent?.kill();
      for (let i = 0; i < 150; i += 1) hv1.machine.start(domainSpec(`vm${i}`, { memoryBytes: 2 ** 20 }), 1);
      await lab.place("vm0", { node: "hv1", epoch: 1 });
      hv1.startAgent();
      await lab.clock.advance(0);
      const records = await lab.store.list(lab.keys.domains("hv1"));
      const status = await lab.store.get(lab.keys.status("hv1"));
      assert.equal(records.items.length, 150);
      const last = Math.max(...records.items.map(({ modRevision }) => modRevision));
      assert.equal(status?.modRevision, last);
      assert.equal(new Set(records.items.map(({ modRevision }) => modRevision)).size, 2);
    });

    it("anew where the node's session is another one", async () => {
      await running("web");
      await hv1.heartbeat?.kill();
      await lab.until(async () => (await lab.store.get(lab.keys.alive("hv1"))) === null, "the lease ends");
      hv1.startHeartbeat();
      await lab.until(async () => (await lab.store.get(lab.keys.alive("hv1"))) !== null, "it lives again");
      await lab.clock.advance(0);
      const alive = await lab.store.get(lab.keys.alive("hv1"));
      assert.equal((await lab.status("hv1"))?.session.lease, alive?.lease);
      assert.equal((await lab.record("hv1", "web"))?.session.lease, alive?.lease);
    });
  });

  describe("writes little", () => {
    it("nothing while nothing changes", async () => {
      await running("web");
      await lab.clock.advance(60_000);
      const revision = lab.core.revision;
      await lab.clock.advance(600_000);
      assert.equal(lab.core.revision, revision);
    });

    it("nothing after a restart where all is as before", async () => {
      await running("web");
      await lab.clock.advance(60_000);
      await hv1.agent?.kill();
      const before = await lab.store.list(lab.keys.node("hv1"));
      hv1.startAgent();
      await lab.clock.advance(60_000);
      const after = await lab.store.list(lab.keys.node("hv1"));
      const changed = after.items
        .filter(({ modRevision }) => modRevision > before.revision)
        .map(({ key }) => key);
      assert.deepEqual(changed, [lab.keys.agent("hv1")]);
    });

    it("a changed load every thirty seconds at most, and not where it is noise", async () => {
      await lab.clock.advance(60_000);
      hv1.machine.setLoad(0.05);
      const revision = lab.core.revision;
      await lab.clock.advance(60_000);
      assert.equal(lab.core.revision, revision);
      for (let load = 1; load <= 60; load += 1) {
        hv1.machine.setLoad(load / 10);
        await lab.clock.advance(1_000);
      }
      const writes = lab.core.revision - revision;
      assert.ok(writes >= 1 && writes <= 3, `${writes} writes`);
      assert.ok(((await lab.status("hv1"))?.load ?? 0) > 1);
    });

    it("and asks the store nothing while it idles, but to renew its lease", async () => {
      const wire = hv1.agent?.wire;
      assert.ok(wire !== undefined);
      for (let i = 0; i < 100; i += 1) hv1.machine.start(domainSpec(`vm${i}`, { memoryBytes: 2 ** 20 }), 1);
      await lab.clock.advance(60_000);
      const before = wire.calls;
      await lab.clock.advance(60_000);
      const renewals = Math.ceil(60_000 / (10_000 / 3)) + 1;
      assert.ok(wire.calls - before <= renewals, `${wire.calls - before} calls`);
    });
  });

  describe("believes nothing that it does not know", () => {
    it("a hypervisor that does not answer is not an empty one", async () => {
      await running("web");
      await hv1.agent?.kill();
      const broken = new Set<keyof Hypervisor>(["read"]);
      hv1.startAgent({ broken });
      await lab.clock.advance(60_000);
      assert.deepEqual(await states(), ["web running"]);
      hv1.machine.crash("web");
      broken.clear();
      await untilStates("web crash");
    });

    it("and tells that it does not answer, once it has not for longer than a restart takes", async () => {
      const broken = new Set<keyof Hypervisor>();
      await hv1.agent?.kill();
      hv1.startAgent({ broken });
      await running("web");
      const unreadable = async () => (await lab.status("hv1"))?.unreadable ?? null;
      broken.add("read");
      const brokenAt = lab.clock.now();
      await lab.clock.advance(9_000);
      assert.equal(await unreadable(), null);
      await lab.until(async () => (await unreadable()) !== null, "it is told");
      const told = await unreadable();
      assert.ok(told !== null && told.since >= brokenAt && told.since < brokenAt + 10_000);
      await hv1.agent?.kill();
      hv1.startAgent({ broken });
      await lab.clock.advance(60_000);
      assert.notEqual(await unreadable(), null, "also by an agent that never read it");
      assert.deepEqual(await states(), ["web running"]);
      broken.clear();
      await lab.until(async () => (await unreadable()) === null, "it answers again");
    });

    for (const what of ["placements", "steps", "progress"] as const) {
      it(`${what} that it could not list are not none`, async () => {
        await running("web");
        const stubborn = startStep("db", "hv1", 1);
        await hv1.agent?.kill();
        hv1.startAgent({ broken: new Set(["read"]) });
        await lab.release(stubborn);
        await lab.untilClaimed(stubborn);
        await hv1.agent?.kill();
        hv1.machine.crash("web");
        const { keys } = lab;
        const prefix = {
          placements: keys.placement(""),
          steps: keys.steps("hv1"),
          progress: keys.progress("hv1", ""),
        };
        const { tap } = hv1.startAgent({ unlisted: [prefix[what]] });
        await lab.clock.advance(30_000);
        assert.deepEqual(await states(), ["web running"]);
        assert.equal((await lab.progress(stubborn))?.phase, "running");
        tap.unlisted.clear();
        await lab.untilEnded(stubborn);
        await untilStates("db running", "web crash");
        assert.equal((await lab.progress(stubborn))?.phase, "done");
      });
    }

    it("the session of an earlier boot is not its own", async () => {
      await hv1.agent?.kill();
      hv1.machine.powerOff();
      hv1.machine.powerOn();
      hv1.startAgent();
      const step = startStep("web", "hv1", 1);
      await lab.release(step);
      await lab.clock.advance(20_000);
      assert.equal(await lab.progress(step), null);
      assert.notEqual((await lab.status("hv1"))?.session.bootId, hv1.machine.bootId);
    });
  });

  describe("goes on", () => {
    it("after an outage of the store, with its guests untouched", async () => {
      await running("web");
      const wire = hv1.agent?.wire;
      assert.ok(wire !== undefined);
      wire.state = "cut";
      await lab.clock.advance(300_000);
      assert.deepEqual(hv1.machine.active(), ["web"]);
      hv1.machine.crash("web");
      await lab.clock.advance(30_000);
      assert.deepEqual(await states(), ["web running"]);
      wire.state = "up";
      await untilStates("web crash");
    });

    it("where answers are lost on their way", async () => {
      const wire = hv1.agent?.wire;
      assert.ok(wire !== undefined);
      const step = startStep("web", "hv1", 1);
      await lab.release(step);
      wire.state = "answers-lost";
      await lab.clock.advance(30_000);
      wire.state = "up";
      await lab.untilEnded(step);
      assert.deepEqual(lab.story("web"), ["start hv1"]);
      await untilStates("web running");
    });

    it("until a newer agent takes over, and then it ends", async () => {
      const old = hv1.agent;
      assert.ok(old !== null);
      hv1.startAgent();
      await lab.clock.advance(1_000);
      assert.ok((await old.ended) instanceof AgentReplacedError);
      await running("web");
      assert.deepEqual(hv1.machine.active(), ["web"]);
    });

    it("without writing over what a newer agent has seen, of which it has not heard", async () => {
      await running("web");
      const old = hv1.agent;
      assert.ok(old !== null);
      old.tap.goBlind();
      hv1.startAgent();
      await lab.clock.advance(0);
      const before = await lab.store.get(lab.keys.domain("hv1", "web"));
      await hv1.agent?.kill();
      hv1.machine.crash("web");
      await lab.clock.advance(5_000);
      assert.deepEqual(await lab.store.get(lab.keys.domain("hv1", "web")), before);
    });

    it("and puts back what was lost from the store together with its presence", async () => {
      await running("web");
      await lab.store.transact({
        compare: [],
        then: [{ delete: lab.keys.agent("hv1") }, { delete: lab.keys.domain("hv1", "web") }],
      });
      await untilStates("web running");
    });

    it("from where it was frozen, unless a newer agent is there", async () => {
      const old = hv1.agent;
      assert.ok(old !== null);
      old.wire.state = "cut";
      await lab.clock.advance(30_000);
      hv1.startAgent();
      await running("web");
      old.wire.state = "up";
      let hasEnded = false;
      void old.ended.then(() => (hasEnded = true));
      await lab.until(() => hasEnded, "the old one ends");
      assert.ok((await old.ended) instanceof AgentReplacedError);
      await lab.carryOut(stopStep("web", "hv1", 1));
      assert.deepEqual(hv1.machine.active(), []);
    });
  });
});
