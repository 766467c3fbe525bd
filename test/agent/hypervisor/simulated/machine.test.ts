import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { HypervisorError } from "../../../../agent/hypervisor/hypervisor.ts";
import type { GuestEvent } from "../../../../agent/hypervisor/simulated/guest-event.ts";
import type { SimulatedMachine } from "../../../../agent/hypervisor/simulated/machine.ts";
import { SimulatedNetwork } from "../../../../agent/hypervisor/simulated/network.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { domainSpec, gibibyte, hardware } from "../../support/steps.ts";

describe("SimulatedMachine", () => {
  let clock: FakeClock;
  let network: SimulatedNetwork;
  let hv1: SimulatedMachine;
  let hv2: SimulatedMachine;
  let events: GuestEvent[];

  beforeEach(() => {
    clock = new FakeClock();
    network = new SimulatedNetwork();
    events = [];
    hv1 = network.add({ node: "hv1", clock });
    hv2 = network.add({ node: "hv2", clock, hardware: { memoryBytes: 4 * gibibyte } });
    for (const machine of [hv1, hv2]) machine.onGuest((event) => events.push(event));
  });

  const kinds = () => events.map(({ kind, node }) => `${kind} ${node}`);
  const code = (expected: string) => (error: unknown) =>
    error instanceof HypervisorError && error.code === expected;

  describe("a guest", () => {
    it("does not hear its power button before it has booted", async () => {
      hv1.start(domainSpec("web"), 1);
      await clock.advance(999);
      hv1.pressPower("web");
      await clock.advance(10_000);
      assert.deepEqual(hv1.active(), ["web"]);
    });

    it("is off five seconds after the first press, however often it is pressed", async () => {
      hv1.start(domainSpec("web"), 1);
      await clock.advance(1_000);
      hv1.pressPower("web");
      await clock.advance(3_000);
      hv1.pressPower("web");
      await clock.advance(1_999);
      assert.deepEqual(hv1.active(), ["web"]);
      await clock.advance(1);
      assert.deepEqual(hv1.active(), []);
      assert.deepEqual(events.at(-1), { ...events.at(-1), kind: "stop", method: "acpi" });
    });

    it("shuts down under its new name too", async () => {
      hv1.start(domainSpec("web"), 1);
      await clock.advance(1_000);
      hv1.pressPower("web");
      hv1.relabel("web", "shop");
      await clock.advance(5_000);
      assert.deepEqual(hv1.active(), []);
    });

    it("that was cut on its way down takes no later run with it", async () => {
      hv1.start(domainSpec("web"), 1);
      await clock.advance(1_000);
      hv1.pressPower("web");
      hv1.cut("web");
      hv1.start(domainSpec("web"), 2);
      await clock.advance(10_000);
      assert.deepEqual(hv1.active(), ["web"]);
    });

    it("that was changed by hand differs from what was applied", () => {
      hv1.start(domainSpec("web"), 1);
      hv1.alter("web", { memoryBytes: gibibyte / 2 });
      const [domain] = hv1.read().domains;
      assert.deepEqual([domain?.live.memoryBytes, domain?.applied.memoryBytes], [gibibyte / 2, gibibyte]);
    });
  });

  describe("memory", () => {
    it("is refused where not enough is free", () => {
      hv2.start(domainSpec("a", { memoryBytes: 3 * gibibyte }), 1);
      assert.throws(() => hv2.start(domainSpec("b", { memoryBytes: 2 * gibibyte }), 1), code("refused"));
      const wanted = hardware({ memoryBytes: 5 * gibibyte });
      assert.throws(
        () => hv2.change("a", { hardware: wanted, fields: ["memory"], spec: null }),
        code("refused"),
      );
      assert.equal(hv2.machine().memoryFreeBytes, gibibyte);
    });

    it("of domains that are not ours counts while they run", () => {
      const unmanaged = [
        { name: "old", memoryBytes: gibibyte, running: true },
        { name: "off", memoryBytes: gibibyte, running: false },
      ];
      const hv3 = network.add({ node: "hv3", clock, hardware: { memoryBytes: 4 * gibibyte, unmanaged } });
      assert.equal(hv3.machine().memoryFreeBytes, 3 * gibibyte);
      assert.deepEqual(hv3.read().unmanaged, unmanaged);
    });
  });

  describe("power", () => {
    it("takes all guests along, and what was remembered of former ones", async () => {
      hv1.start(domainSpec("a"), 1);
      hv1.start(domainSpec("b"), 1);
      hv1.crash("a");
      hv1.powerOff();
      assert.throws(() => hv1.read(), code("unreachable"));
      hv1.powerOn();
      assert.deepEqual(hv1.read().domains, []);
      assert.deepEqual(hv1.read().ended, []);
      assert.deepEqual(events.at(-1), { ...events.at(-1), kind: "stop", vm: "b", method: "power" });
    });

    it("makes a new boot each time it comes on", () => {
      const first = hv1.bootId;
      hv1.powerOff();
      assert.equal(hv1.bootId, first);
      hv1.powerOn();
      assert.notEqual(hv1.bootId, first);
    });
  });

  describe("a migration", () => {
    const begin = () => hv1.migrate("web", { node: "hv2", address: null, epoch: 2, maxDowntimeMs: 300 });
    beforeEach(async () => {
      hv1.start(domainSpec("web"), 1);
      await clock.advance(1_000);
    });

    it("moves the memory at 512 MiB a second and hands the guest over at the end", async () => {
      await begin();
      await clock.advance(1_000);
      const [domain] = hv1.read().domains;
      assert.equal(domain?.job?.remainingBytes, gibibyte / 2);
      assert.deepEqual([hv1.active(), hv2.active()], [["web"], []]);
      await clock.advance(1_000);
      assert.deepEqual([hv1.active(), hv2.active()], [[], []]);
      hv2.resume("web");
      assert.deepEqual(hv2.active(), ["web"]);
      assert.deepEqual(kinds(), ["start hv1", "migrate-begin hv1", "migrate-end hv1", "resume hv2"]);
    });

    it("stands still while the network is cut, and goes on after", async () => {
      await begin();
      await clock.advance(500);
      network.cut("hv2");
      await clock.advance(60_000);
      const [domain] = hv1.read().domains;
      assert.equal(domain?.job?.remainingBytes, (gibibyte * 3) / 4);
      network.restore("hv2");
      await clock.advance(1_500);
      assert.deepEqual(hv1.active(), []);
    });

    it("fails where its target loses power, and the guest goes on", async () => {
      await begin();
      await clock.advance(500);
      hv2.powerOff();
      const [domain] = hv1.read().domains;
      assert.deepEqual([domain?.state, domain?.job], ["running", null]);
    });

    it("leaves a paused copy behind where its source loses power", async () => {
      await begin();
      await clock.advance(500);
      hv1.powerOff();
      await clock.advance(60_000);
      assert.equal(hv2.read().domains[0]?.state, "incoming");
      assert.deepEqual(kinds().slice(-2), ["migrate-end hv1", "stop hv1"]);
      hv2.cut("web");
      assert.equal(kinds().at(-1), "discard hv2");
      assert.deepEqual(hv2.read().ended, []);
    });

    it("leaves a paused copy behind where it is aborted across a cut network", async () => {
      await begin();
      network.cut("hv1");
      hv1.abortMigration("web");
      await clock.advance(0);
      assert.equal(hv1.read().domains[0]?.job, null);
      assert.equal(hv2.read().domains[0]?.state, "incoming");
    });

    it("ends where its guest crashes, and so does the copy", async () => {
      await begin();
      hv1.crash("web");
      await clock.advance(0);
      assert.deepEqual(hv2.read().domains, []);
      assert.deepEqual(kinds().slice(2), ["migrate-end hv1", "discard hv2", "stop hv1"]);
    });

    it("fails half-way where that is the guest's habit", async () => {
      network.habits.setMigration("web", "fail");
      await begin();
      await clock.advance(999);
      assert.notEqual(hv1.read().domains[0]?.job, null);
      await clock.advance(1);
      assert.equal(hv1.read().domains[0]?.job, null);
      assert.deepEqual(hv2.read().domains, []);
    });

    it("hangs until the habit changes", async () => {
      network.habits.setMigration("web", "hang");
      await begin();
      await clock.advance(600_000);
      assert.equal(hv1.read().domains[0]?.job?.remainingBytes, gibibyte);
      network.habits.setMigration("web", "ok");
      await clock.advance(2_000);
      assert.deepEqual(hv1.active(), []);
    });

    it("is refused a second time, and where the target has no room", async () => {
      await begin();
      await assert.rejects(begin(), code("refused"));
      hv1.start(domainSpec("big", { memoryBytes: 8 * gibibyte }), 1);
      const target = { node: "hv2", address: null, epoch: 2, maxDowntimeMs: 300 };
      await assert.rejects(hv1.migrate("big", target), code("refused"));
      assert.deepEqual(hv1.active(), ["big", "web"]);
    });

    it("does not begin where its guest ends in that moment, and leaves no copy", async () => {
      const begun = begin();
      hv1.crash("web");
      await assert.rejects(begun, code("refused"));
      await clock.advance(0);
      assert.deepEqual(hv2.read().domains, []);
      assert.deepEqual(kinds(), ["start hv1", "stop hv1", "discard hv2"]);
    });

    it("of a paused domain is refused", async () => {
      hv1.suspend("web");
      await assert.rejects(begin(), code("refused"));
    });
  });
});
