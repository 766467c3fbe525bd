import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readScenario } from "../../../simulator/scenario/read-scenario.ts";
import type { Scenario } from "../../../simulator/scenario/scenario.ts";
import { ScenarioError } from "../../../simulator/scenario/scenario-error.ts";

const nobody = () => Promise.reject(new Error("there is no folder"));

function read(text: string): Promise<Scenario> {
  return readScenario(text, "s.yaml", nobody);
}

async function problemsOf(text: string): Promise<readonly string[]> {
  try {
    await read(text);
  } catch (error) {
    assert.ok(error instanceof ScenarioError);
    return error.problems;
  }
  return [];
}

describe("reading a scenario", () => {
  it("puts events in the order of their times, and keeps the order of those of equal time", async () => {
    const { events } = await read(`
objects: [{kind: Node, name: hv1}]
events:
  - {at: 20s, store: down}
  - {at: 10s, power: {hv1: "off"}}
  - {at: 20s, store: up}
`);
    assert.deepEqual(
      events.map((event) => [event.at, event.kind]),
      [
        [10_000, "power"],
        [20_000, "store"],
        [20_000, "store"],
      ],
    );
    assert.deepEqual(
      events.map((event) => (event.kind === "store" ? event.up : null)),
      [null, false, true],
    );
  });

  it("has defaults for all that is left out", async () => {
    const { hardware, until, limit, seed, start } = await read("objects: [{kind: Node, name: hv1}]");
    assert.deepEqual(
      { until, limit, seed, start: start.size },
      { until: "settled", limit: 3_600_000, seed: 1, start: 0 },
    );
    assert.deepEqual(hardware.standard.memoryBytes, 16 * 2 ** 30);
    assert.deepEqual([hardware.standard.bootMs, hardware.standard.messageMs], [60_000, 10]);
  });

  it("takes times for all nodes and for one", async () => {
    const { hardware } = await read(`
objects: [{kind: Node, name: hv1}]
hardware: {message: 5ms, migration: 1GiB/s, hv1: {memory: 8GiB, shutdown: 2s}}
`);
    assert.equal(hardware.standard.messageMs, 5);
    assert.equal(hardware.nodes.get("hv1")?.memoryBytes, 8 * 2 ** 30);
    assert.deepEqual(hardware.nodes.get("hv1")?.times, {
      startMs: 1000,
      shutdownMs: 2000,
      migrationBytesPerSecond: 2 ** 30,
    });
  });

  it("tells all faults at once, each with its place", async () => {
    const problems = await problemsOf(`objects: [{kind: Node, name: hv1}]
start: {web: hv1}
events:
  - {at: 10, guest: {web: crsh}}
  - {at: 10s}
  - {at: 10s, agnet: {hv1: kill}}
until: soon
`);
    assert.deepEqual(problems, [
      "s.yaml:2:14: start.web: there is no VM web",
      "s.yaml:4:10: events[0].at: 10 is not a duration; write the unit: 10s (or ms, m, h)",
      's.yaml:4:27: events[0].guest.web: "crsh" is not one of crash, poweroff, ignore-acpi, obey-acpi',
      "s.yaml:5:5: events[1]: needs something that happens: edit, approve, power, network, agent, heartbeat, bmc, clock, guest, migration, confirmDead, acknowledge, release, restart, retry, reconciler, override, store",
      "s.yaml:6:22: events[2].agnet: is not known here; did you mean agent?",
      "s.yaml:6:5: events[2]: needs something that happens: edit, approve, power, network, agent, heartbeat, bmc, clock, guest, migration, confirmDead, acknowledge, release, restart, retry, reconciler, override, store",
      's.yaml:7:8: until: "soon" is not a duration; write a whole number and ms, s, m or h, such as 30s',
    ]);
  });

  it("refuses a scenario without a cluster, or with two", async () => {
    const wanted = "s.yaml:1:1: the scenario needs either objects: or cluster:";
    assert.deepEqual(await problemsOf("seed: 2"), [wanted]);
    assert.deepEqual(await problemsOf("objects: []\ncluster: lab"), [wanted]);
    assert.deepEqual(await problemsOf("objects: []"), [
      "s.yaml:1:10: objects: is empty; name at least a node, such as {kind: Node, name: hv1}",
    ]);
  });
});
