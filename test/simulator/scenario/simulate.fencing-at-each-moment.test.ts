/** A node is lost, and something else befalls the cluster: at each moment at which anything was written or switched. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Outcome } from "../../../simulator/scenario/outcome.ts";
import { readScenario } from "../../../simulator/scenario/read-scenario.ts";
import { simulate } from "../../../simulator/scenario/simulate.ts";

const powerCut = `{ at: 30s, power: { hv1: "off" } }`;
const cableCut = `{ at: 30s, network: { hv1: down } }`;

/** hv1 has one VM that may go anywhere, one that is on its way to hv2, and one that may run nowhere else. */
async function play(...events: readonly string[]): Promise<Outcome> {
  const text = `
objects:
  - { kind: Cluster, name: lab }
  - { kind: Node, name: hv1, bmc: { agent: simulated } }
  - { kind: Node, name: hv2, bmc: { agent: simulated } }
  - { kind: Node, name: hv3, bmc: { agent: simulated } }
  - { kind: VM, name: web, memory: 1GiB, node: hv1 }
  - { kind: VM, name: mover, memory: 8GiB, node: hv1 }
  - { kind: VM, name: pinned, memory: 1GiB, node: hv1, limits: [hv1] }
start: { web: hv1, mover: hv1, pinned: hv1 }
events:
  - { at: 25s, edit: { VM/mover: { migrate: hv2 } } }
${events.map((event) => `  - ${event}`).join("\n")}
until: settled`;
  const noFolder = () => Promise.reject(new Error("it holds its own objects"));
  const outcome = await simulate(await readScenario(text, "lost.yaml", noFolder));
  assert.deepEqual([outcome.violations, outcome.unmet], [[], []], events.join(" "));
  assert.notEqual(outcome.settledAt, null, events.join(" "));
  return outcome;
}

/** In milliseconds: all that was written of the node's loss, switched or started, and just before, while it was on its way. */
async function momentsOf(cut: string): Promise<readonly number[]> {
  const { log } = await play(cut);
  const times = log.filter(({ at }) => at >= 30).map(({ at }) => Math.round(at * 1000));
  assert.ok(times.length > 8, "nothing was fenced");
  return [...new Set(times.flatMap((at) => [at - 15, at + 5]))];
}

/** Nothing that could run elsewhere is left behind. */
function assertRecovered({ final }: Outcome, what: string): void {
  for (const vm of ["web", "mover"]) assert.equal(final.vms[vm]?.state, "running", `${vm}: ${what}`);
}

describe("a node that is lost, at each moment of its fencing", () => {
  it("is dealt with whole where the leader dies then", async () => {
    for (const at of await momentsOf(powerCut)) {
      const outcome = await play(powerCut, `{ at: ${at}ms, reconciler: kill-leader }`);
      assertRecovered(outcome, `the leader dies at ${at} ms`);
      const { pinned } = outcome.final.vms;
      assert.deepEqual([pinned?.state, pinned?.held?.node], ["held", "hv1"]);
      assert.equal(outcome.final.nodes["hv1"]?.state, "fenced");
    }
  });

  it("is dealt with whole where the leader is stopped then, and goes on a minute later", async () => {
    for (const at of await momentsOf(powerCut)) {
      const stops = `{ at: ${at}ms, reconciler: pause-leader }`;
      const goesOn = `{ at: ${at + 60_000}ms, reconciler: resume-leader }`;
      assertRecovered(await play(powerCut, stops, goesOn), `the leader is stopped at ${at} ms`);
    }
  });

  it("is dealt with whole where the leader's clock is set then", async () => {
    for (const at of await momentsOf(powerCut)) {
      for (const command of ["clock-ahead", "clock-behind"]) {
        const outcome = await play(powerCut, `{ at: ${at}ms, reconciler: ${command} }`);
        assertRecovered(outcome, `${command} at ${at} ms`);
      }
    }
  });

  it("is left alone while an override lasts that comes then, whatever befalls the leader's clock", async () => {
    for (const at of await momentsOf(powerCut)) {
      const on = `{ at: ${at}ms, override: { Cluster/lab: 10m } }`;
      assertRecovered(await play(powerCut, on), `overridden from ${at} ms on`);
      const clock = `{ at: ${at + 5_000}ms, reconciler: clock-ahead }`;
      const off = `{ at: 20m, override: { Cluster/lab: "off" } }`;
      assertRecovered(await play(powerCut, on, clock, off), `overridden from ${at} ms on, the clock set`);
    }
  });

  it("is left alone where maintenance comes then, and dealt with after it", async () => {
    for (const at of await momentsOf(powerCut)) {
      const on = `{ at: ${at}ms, edit: { Cluster/lab: { maintenance: { reason: a new switch } } } }`;
      const off = `{ at: 10m, edit: { Cluster/lab: { maintenance: null } } }`;
      assertRecovered(await play(powerCut, on, off), `maintenance from ${at} ms on`);
    }
  });

  it("runs nothing twice where it is switched on again by hand then", async () => {
    for (const at of await momentsOf(powerCut)) {
      assertRecovered(await play(powerCut, `{ at: ${at}ms, power: { hv1: "on" } }`), `on at ${at} ms`);
    }
  });

  it("runs nothing twice where it was cut off only, and is back then", async () => {
    for (const at of await momentsOf(cableCut)) {
      assertRecovered(await play(cableCut, `{ at: ${at}ms, network: { hv1: up } }`), `back at ${at} ms`);
    }
  });
});
