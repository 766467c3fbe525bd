import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { Lab } from "./support/lab.ts";
import { type Goal, SmallLeader } from "./support/small-leader.ts";

const horizonMs = 60_000;
const tickMs = 250;
const nodes = ["hv1", "hv2"] as const;

const faults = [
  "kill-agent",
  "cut-wire",
  "lose-answers",
  "kill-heartbeat",
  "cut-network",
  "fail-migrations",
  "hang-migrations",
  "ignore-acpi",
  "crash-guest",
  "power-cycle",
] as const;

interface Fault {
  readonly at: number;
  readonly node: (typeof nodes)[number];
  readonly fault: (typeof faults)[number];
  readonly forMs: number;
}

const aFault: fc.Arbitrary<Fault> = fc.record({
  at: fc.integer({ min: 0, max: horizonMs }),
  node: fc.constantFrom(...nodes),
  fault: fc.constantFrom(...faults),
  forMs: fc.integer({ min: 0, max: 30_000 }),
});
const aWish = fc.record({
  at: fc.integer({ min: 0, max: horizonMs }),
  goal: fc.constantFrom<Goal>("hv1", "hv2", "off"),
});

describe("two agents, whatever befalls them", () => {
  it("never run a VM twice, and end in what was wanted last", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aFault, { maxLength: 12 }),
        fc.array(aWish, { minLength: 1, maxLength: 6 }),
        async (plannedFaults, wishes) => {
          const lab = new Lab();
          try {
            await live(lab, plannedFaults, wishes);
          } finally {
            await lab.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

async function live(
  lab: Lab,
  plannedFaults: readonly Fault[],
  wishes: readonly { readonly at: number; readonly goal: Goal }[],
): Promise<void> {
  for (const node of nodes) await lab.node(node);
  const leader = new SmallLeader(lab);
  for (const wish of wishes.toSorted((a, b) => a.at - b.at)) {
    lab.clock.timer(wish.at, () => leader.want(wish.goal));
  }
  for (const fault of plannedFaults) lab.clock.timer(fault.at, () => strike(lab, fault));
  for (let at = 0; at <= 2 * horizonMs; at += tickMs) {
    await leader.tick();
    await lab.clock.advance(tickMs);
  }
  await lab.until(() => leader.tick(), `the VM is ${leader.goal}`, 600_000);
  lab.assertNeverTwice();
  await lab.clock.advance(60_000);
  for (const node of nodes) {
    const { domains } = lab.find(node).machine.read();
    const found = domains.map(({ vm, state }) => `${vm} ${state}`);
    assert.deepEqual(found, leader.goal === node ? ["web running"] : [], node);
  }
  assert.ok(await leader.tick(), "nothing is left to do");
}

/** Does it, and undoes it after its time. */
function strike(lab: Lab, { node: name, fault, forMs }: Fault): void {
  const node = lab.find(name);
  const { habits } = lab.network;
  const later = (undo: () => void) => lab.clock.timer(forMs, undo);
  switch (fault) {
    case "kill-agent": {
      const agent = node.agent;
      void agent?.kill();
      later(() => {
        if (node.agent === agent && node.machine.powered) node.startAgent();
      });
      break;
    }
    case "cut-wire":
    case "lose-answers": {
      const wire = node.agent?.wire;
      if (wire === undefined) break;
      wire.state = fault === "cut-wire" ? "cut" : "answers-lost";
      later(() => (wire.state = "up"));
      break;
    }
    case "kill-heartbeat": {
      const heartbeat = node.heartbeat;
      void heartbeat?.kill();
      later(() => {
        if (node.heartbeat === heartbeat && node.machine.powered) node.startHeartbeat();
      });
      break;
    }
    case "cut-network":
      lab.network.cut(name);
      later(() => lab.network.restore(name));
      break;
    case "fail-migrations":
    case "hang-migrations":
      habits.setMigration("web", fault === "fail-migrations" ? "fail" : "hang");
      later(() => habits.setMigration("web", "ok"));
      break;
    case "ignore-acpi":
      habits.setAcpi("web", "ignore");
      later(() => habits.setAcpi("web", "obey"));
      break;
    case "crash-guest":
      if (node.machine.active().includes("web")) node.machine.crash("web");
      break;
    case "power-cycle":
      if (!node.machine.powered) break;
      void node.agent?.kill();
      void node.heartbeat?.kill();
      node.machine.powerOff();
      later(() => {
        node.machine.powerOn();
        node.startHeartbeat();
        node.startAgent();
      });
      break;
  }
}
