import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import type { Hypervisor } from "../../agent/hypervisor/hypervisor.ts";
import type { Step } from "../../reconciler/model/step.ts";
import { Fuse } from "./support/fuse.ts";
import { Lab } from "./support/lab.ts";
import type { LabNode } from "./support/lab-node.ts";
import { domainSpec, migrateStep, renameStep, startStep, stopStep } from "./support/steps.ts";

interface Raced {
  readonly outcome: string;
  readonly active: readonly string[];
}

/**
 * Releases a step again and again, and lets something happen to it one point later each time. What happens returns how
 * to find out what came of it.
 */
async function atEachPoint(
  kind: "start" | "stop",
  happen: (lab: Lab, step: Step) => Promise<() => Promise<string>>,
): Promise<readonly Raced[]> {
  const outcomes: Raced[] = [];
  for (let point = 1; ; point += 1) {
    const lab = new Lab();
    const fuse = new Fuse();
    const node = await lab.node("hv1", {}, { fuse });
    if (kind === "stop") node.machine.start(domainSpec("web"), 2);
    await lab.clock.advance(10_000);
    await node.heartbeat?.kill();
    const raced =
      kind === "start" ? startStep("web", "hv1", 2) : stopStep("web", "hv1", 2, { method: "cut" });
    const happened = Promise.withResolvers<() => Promise<string>>();
    fuse.at(point, () => {
      happen(lab, raced).then(happened.resolve, happened.reject);
    });
    await lab.release(raced);
    await lab.clock.advance(3_000);
    if (fuse.reached) {
      const outcome = await (await happened.promise)();
      outcomes.push({ outcome, active: node.machine.active() });
    }
    await lab.close();
    if (!fuse.reached || point === 60) return outcomes;
  }
}

describe("StepRunner", () => {
  let lab: Lab;
  let hv1: LabNode;
  beforeEach(async () => {
    lab = new Lab();
    hv1 = await lab.node("hv1");
  });
  afterEach(() => lab.close());

  const step = startStep("web", "hv1", 2);
  const assertUnclaimed = async (unclaimed: Step = step) => {
    await lab.clock.advance(30_000);
    assert.equal(await lab.progress(unclaimed), null);
    assert.deepEqual(lab.events, []);
  };

  describe("claims a step", () => {
    it("at once, and acts", async () => {
      await lab.release(step);
      await lab.clock.advance(0);
      assert.deepEqual(lab.story("web"), ["start hv1"]);
    });

    it("not while its epoch is not the placement's, and does when it is", async () => {
      await lab.release(step, { node: "hv1", epoch: 1 });
      await assertUnclaimed();
      await lab.place("web", { node: "hv1", epoch: 2 });
      await lab.untilEnded(step);
      assert.deepEqual(lab.story("web"), ["start hv1"]);
    });

    it("not where the placement has gone on", async () => {
      await lab.release(step, { node: "hv2", epoch: 3 });
      await assertUnclaimed();
    });

    it("of a migration only where the placement names that very step", async () => {
      const migration = migrateStep("web", "hv1", "hv2", 2);
      const moving = { to: "hv2", epoch: 3, step: "another", displaced: null };
      await lab.release(migration, { node: "hv1", epoch: 2, moving });
      await assertUnclaimed(migration);
    });

    it("that is cancelled already, and ends it without acting: the leader waits for each node's word", async () => {
      await hv1.agent?.kill();
      await lab.release(step);
      await lab.cancel(step);
      hv1.startAgent();
      await lab.untilEnded(step);
      assert.equal((await lab.progress(step))?.phase, "cancelled");
      assert.deepEqual(lab.events, []);
    });

    it("not where it was withdrawn before", async () => {
      await hv1.agent?.kill();
      await lab.release(step);
      await lab.clear(step);
      hv1.startAgent();
      await assertUnclaimed();
    });

    it("not without its node's lease, and does when it has one", async () => {
      await hv1.heartbeat?.kill();
      await lab.until(async () => (await lab.store.get(lab.keys.alive("hv1"))) === null, "the lease ends");
      await lab.release(step);
      await assertUnclaimed();
      hv1.startHeartbeat();
      await lab.untilEnded(step);
    });

    for (const kind of ["start", "stop"] as const) {
      it(`or lets it be withdrawn, whenever that is tried: never both, of a ${kind}`, async () => {
        const outcomes = await atEachPoint(kind, async (raceLab, raced) => {
          const withdrawn = await raceLab.withdraw(raced);
          return async () => {
            if (withdrawn) return "withdrawn";
            await raceLab.untilEnded(raced);
            return "claimed";
          };
        });
        const acted = kind === "start" ? ["web"] : [];
        const idle = kind === "start" ? [] : ["web"];
        for (const { outcome, active } of outcomes)
          assert.deepEqual(active, outcome === "claimed" ? acted : idle);
        assert.deepEqual([...new Set(outcomes.map(({ outcome }) => outcome))].sort(), [
          "claimed",
          "withdrawn",
        ]);
      });

      it(`and heeds its cancellation, whenever that comes: cancelled or done, never both, of a ${kind}`, async () => {
        const outcomes = await atEachPoint(kind, async (raceLab, raced) => {
          await raceLab.cancel(raced);
          return async () => {
            await raceLab.untilEnded(raced);
            return (await raceLab.progress(raced))?.phase ?? "none";
          };
        });
        const acted = kind === "start" ? ["web"] : [];
        const idle = kind === "start" ? [] : ["web"];
        for (const { outcome, active } of outcomes)
          assert.deepEqual(active, outcome === "done" ? acted : idle);
        assert.deepEqual([...new Set(outcomes.map(({ outcome }) => outcome))].sort(), ["cancelled", "done"]);
      });
    }

    it("never after the node's lease is gone, whenever it goes", async () => {
      const outcomes = await atEachPoint("stop", async (raceLab, raced) => {
        const gone = await raceLab.store.transact({
          compare: [],
          then: [{ delete: raceLab.keys.alive("hv1") }],
        });
        return async () => {
          await raceLab.clock.advance(30_000);
          const progress = await raceLab.store.get(raceLab.keys.progress("hv1", raced.id));
          assert.ok(progress === null || progress.createRevision < gone.revision);
          return progress === null ? "unclaimed" : "claimed";
        };
      });
      assert.deepEqual([...new Set(outcomes.map(({ outcome }) => outcome))].sort(), ["claimed", "unclaimed"]);
    });

    const changes: readonly (readonly [string, (stop: Step) => Promise<unknown>])[] = [
      ["was withdrawn", (stop) => lab.withdraw(stop)],
      ["was cancelled", (stop) => lab.cancel(stop)],
      ["has a placement that went on", () => lab.place("web", { node: "hv1", epoch: 3 })],
    ];
    for (const [what, happen] of changes) {
      it(`not where it ${what} and the agent has not heard of it`, async () => {
        hv1.machine.start(domainSpec("web"), 2);
        await lab.clock.advance(10_000);
        const tap = hv1.agent?.tap;
        assert.ok(tap !== undefined);
        const stop = stopStep("web", "hv1", 2, { method: "cut" });
        const claim = lab.keys.progress("hv1", stop.id);
        tap.refuses = ({ then }) => then.some((operation) => "put" in operation && operation.put === claim);
        await lab.release(stop);
        await lab.clock.advance(500);
        tap.goBlind();
        await happen(stop);
        tap.refuses = () => false;
        await lab.clock.advance(30_000);
        assert.deepEqual(hv1.machine.active(), ["web"]);
        assert.equal(await lab.store.get(claim), null);
      });
    }

    it("once, where two agents race for it", async () => {
      const other = hv1.agent;
      const broken = new Set<keyof Hypervisor>(["read"]);
      hv1.startAgent({ broken });
      await lab.release(step);
      await lab.clock.advance(0);
      broken.clear();
      await lab.untilEnded(step);
      assert.deepEqual(lab.story("web"), ["start hv1"]);
      await other?.kill();
    });

    it("never twice, while its end is still in the store", async () => {
      await lab.carryOut(step);
      hv1.machine.cut("web");
      await lab.clock.advance(30_000);
      await hv1.agent?.kill();
      hv1.startAgent();
      await lab.clock.advance(30_000);
      assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 cut"]);
    });

    it("anew, where one of the same name comes after it", async () => {
      await lab.carryOut(step);
      await lab.clear(step);
      hv1.machine.cut("web");
      const again = { ...step, epoch: 3 };
      await lab.carryOut(again);
      assert.deepEqual(lab.story("web"), ["start hv1", "stop hv1 cut", "start hv1"]);
    });

    it("also where the answer to its claim is lost", async () => {
      const wire = hv1.agent?.wire;
      assert.ok(wire !== undefined);
      wire.state = "answers-lost";
      await lab.release(step);
      await lab.clock.advance(3_000);
      wire.state = "up";
      await lab.untilEnded(step);
      assert.deepEqual(lab.story("web"), ["start hv1"]);
    });
  });

  describe("works", () => {
    it("on many VMs at once", async () => {
      const steps = Array.from({ length: 40 }, (_, i) =>
        startStep(`vm${i}`, "hv1", 1, domainSpec(`vm${i}`, { memoryBytes: 2 ** 20 })),
      );
      for (const each of steps) await lab.release(each);
      await lab.clock.advance(1_000);
      for (const each of steps) assert.equal((await lab.progress(each))?.phase, "done");
    });

    it("on one step of a VM at a time", async () => {
      lab.network.habits.setAcpi("web", "ignore");
      hv1.machine.start(domainSpec("web"), 2);
      await lab.clock.advance(1_000);
      const first = stopStep("web", "hv1", 2, { timeoutMs: 20_000 });
      const second = { ...stopStep("web", "hv1", 2, { method: "cut" }), id: "web-stop-again" };
      await lab.release(first);
      await lab.release(second);
      await lab.clock.advance(10_000);
      assert.equal(await lab.progress(second), null);
      await lab.untilEnded(first);
      await lab.untilEnded(second);
    });

    it("on a rename as a step of both its names", async () => {
      lab.network.habits.setAcpi("web", "ignore");
      hv1.machine.start(domainSpec("web"), 2);
      await lab.clock.advance(1_000);
      const stop = stopStep("web", "hv1", 2, { timeoutMs: 20_000 });
      await lab.release(stop);
      const rename = renameStep("web", "shop", "hv1", 2);
      await lab.release(rename);
      await lab.clock.advance(10_000);
      assert.equal(await lab.progress(rename), null);
      await lab.untilEnded(stop);
      await lab.untilEnded(rename);
      assert.equal((await lab.progress(rename))?.phase, "failed");
    });

    it("on nothing any more whose step is gone from the store", async () => {
      lab.network.habits.setAcpi("web", "ignore");
      hv1.machine.start(domainSpec("web"), 2);
      await lab.clock.advance(1_000);
      const stop = stopStep("web", "hv1", 2, { timeoutMs: 20_000 });
      await lab.release(stop);
      await lab.clock.advance(5_000);
      await lab.clear(stop);
      await lab.clock.advance(60_000);
      assert.deepEqual(hv1.machine.active(), ["web"]);
      assert.equal(await lab.progress(stop), null);
    });

    it("through an outage of the store, and tells the end after it", async () => {
      const wire = hv1.agent?.wire;
      assert.ok(wire !== undefined);
      hv1.machine.start(domainSpec("web"), 2);
      await lab.clock.advance(1_000);
      const stop = stopStep("web", "hv1", 2);
      await lab.release(stop);
      await lab.untilClaimed(stop);
      wire.state = "cut";
      await lab.clock.advance(120_000);
      assert.deepEqual(hv1.machine.active(), []);
      wire.state = "up";
      await lab.untilEnded(stop);
      assert.equal((await lab.progress(stop))?.phase, "done");
    });
  });
});
