import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readScenario } from "../../../simulator/scenario/read-scenario.ts";
import { simulate } from "../../../simulator/scenario/simulate.ts";
import type { Outcome } from "../../../simulator/scenario/outcome.ts";
import { repositoryRoot } from "../../support/root.ts";
import { assertLog } from "../../support/scenario-log.ts";

const folder = join(repositoryRoot, "test/scenarios");

async function play(text: string): Promise<Outcome> {
  return simulate(await readScenario(text, "test.yaml", () => Promise.reject(new Error("no folder"))));
}

/** Two nodes, one VM that runs on the first. */
function small(rest: string): string {
  return `
objects:
  - {kind: Node, name: hv1}
  - {kind: Node, name: hv2}
  - {kind: VM, name: web, memory: 1GiB, node: hv1}
start: {web: hv1}
${rest}`;
}

describe("the scenarios", () => {
  const files = readdirSync(folder).sort();
  for (const name of files.filter((file) => file.endsWith(".yaml"))) {
    it(name.replace(/^\d+-|\.yaml$/g, "").replaceAll("-", " "), async () => {
      const { violations, unmet, log } = await play(readFileSync(join(folder, name), "utf8"));
      assert.deepEqual({ violations, unmet }, { violations: [], unmet: [] });
      const beside = name.replace(".yaml", ".log.txt");
      if (files.includes(beside)) assertLog(log, readFileSync(join(folder, beside), "utf8"));
    });
  }

  it("have no log without a scenario", () => {
    const alone = files.filter(
      (file) => file.endsWith(".log.txt") && !files.includes(file.replace(".log.txt", ".yaml")),
    );
    assert.deepEqual(alone, []);
  });
});

describe("a simulation", () => {
  it("is the same every time", async () => {
    const text = small("events:\n  - {at: 10s, edit: {Node/hv1: {state: flushed}}}");
    assert.deepEqual(await play(text), await play(text));
  });

  it("tells what was done to the guests, with node, epoch and step, and says who asked", async () => {
    const { log } = await play(small("events:\n  - {at: 10s, edit: {VM/web: {migrate: hv2}}}"));
    assert.deepEqual(
      log.map(({ at: _, ...entry }) => entry),
      [
        { kind: "edit", objects: ["VM/web"] },
        { kind: "migrate-begin", vm: "web", node: "hv1", epoch: 1, step: stepIn(log), to: "hv2" },
        { kind: "migrate-end", vm: "web", node: "hv1", epoch: 1, step: stepIn(log), to: "hv2", result: "ok" },
      ],
    );
  });

  it("refuses an edit that is not legal, whole, and goes on", async () => {
    const { log, final } = await play(
      small("events:\n  - {at: 10s, edit: {VM/web: {limits: [hv2], memory: 3GiB}}}\nuntil: 1m"),
    );
    assert.deepEqual(
      log.map(({ kind, at }) => [kind, at]),
      [["refused", 10]],
    );
    assert.equal(final.vms["web"]?.node, "hv1");
  });

  it("says what was expected and did not come", async () => {
    const { ok, unmet } = await play(
      small("expect:\n  vms: {web: {state: stopped, node: hv1}, mail: {}}\n  nodes: {hv2: {vms: [web]}}"),
    );
    assert.equal(ok, false);
    assert.deepEqual(unmet, [
      'vms.web.state is "running", not "stopped"',
      "vms.mail is not there",
      'nodes.hv2.vms is [], not ["web"]',
    ]);
  });

  it("is not settled while something would still change by itself", async () => {
    const crashes = small("events:\n  - {at: 10s, guest: {web: crash}}\nlimit: 15s");
    const { settledAt, unmet } = await play(crashes);
    assert.equal(settledAt, null);
    assert.deepEqual(unmet, ["it was not settled within 15 s"]);
  });

  it("boots a node once, however often it is switched on, and not where it is switched off meanwhile", async () => {
    const events = `events:
  - {at: 1s, power: {hv1: "off", hv2: "off"}}
  - {at: 2s, power: {hv1: "on", hv2: "on"}}
  - {at: 3s, power: {hv1: "on", hv2: "off"}}
until: 5m`;
    const { final } = await play(small(events));
    assert.deepEqual([final.nodes["hv1"]?.alive, final.nodes["hv2"]?.alive], [true, false]);
  });

  it("refuses a beginning that cannot be", async () => {
    const text = small("").replace("memory: 1GiB", "memory: 64GiB");
    await assert.rejects(play(text), /start: web cannot run on hv1/);
  });
});

function stepIn(log: Outcome["log"]): string | null {
  const begun = log.find((entry) => entry.kind === "migrate-begin");
  assert.ok(begun);
  return begun.step;
}
