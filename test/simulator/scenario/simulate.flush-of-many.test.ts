import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LogEntry } from "../../../simulator/scenario/log.ts";
import type { Outcome } from "../../../simulator/scenario/outcome.ts";
import { readScenario } from "../../../simulator/scenario/read-scenario.ts";
import { simulate } from "../../../simulator/scenario/simulate.ts";

const count = 200;
const migrations = 8;
const nodes = ["hv1", "hv2", "hv3"];
const priorities = ["low", "high", "normal"];
/** All of them where it is asked for; it takes some minutes. */
const every = process.env["KEEL_EVERY_VM"] === undefined ? 25 : 1;

const vms = Array.from({ length: count }, (_, index) => ({
  name: `vm${String(index).padStart(3, "0")}`,
  priority: priorities[index % priorities.length] ?? "",
}));

/** hv1 has 200 VMs and is flushed at 10 s; then what else is said. */
async function flush(...events: readonly string[]): Promise<Outcome> {
  const text = [
    "objects:",
    `  - { kind: Cluster, name: lab, bounds: { migrations: ${migrations}, migrationsPerNode: ${migrations} } }`,
    ...nodes.map((name) => `  - { kind: Node, name: ${name} }`),
    ...vms.map(
      ({ name, priority }) =>
        `  - { kind: VM, name: ${name}, memory: 1GiB, node: hv1, priority: ${priority} }`,
    ),
    "hardware:",
    ...nodes.map((name) => `  ${name}: { memory: 512GiB, cpus: 64 }`),
    `start: { ${vms.map(({ name }) => `${name}: hv1`).join(", ")} }`,
    "events:",
    "  - { at: 10s, edit: { Node/hv1: { state: flushed } } }",
    ...events,
  ].join("\n");
  const noFolder = () => Promise.reject(new Error("it holds its own objects"));
  const outcome = await simulate(await readScenario(text, "flush.yaml", noFolder));
  assert.deepEqual([outcome.violations, outcome.unmet], [[], []]);
  return outcome;
}

function isMove(kind: "migrate-begin" | "migrate-end") {
  return (entry: LogEntry) => entry.kind === kind;
}

describe("the flush of a node with 200 VMs", () => {
  let whole: Outcome;

  it("moves each VM once, those of a higher priority first, then by name", async () => {
    whole = await flush();
    const begun = whole.log.flatMap((entry) => (entry.kind === "migrate-begin" ? [entry.vm] : []));
    const order = ["high", "normal", "low"].flatMap((wanted) =>
      vms.filter(({ priority }) => priority === wanted).map(({ name }) => name),
    );
    // Those of one moment begin as their messages arrive.
    const batches = (names: readonly string[]) => new Set(names.slice(0, migrations));
    assert.deepEqual(batches(begun), batches(order));
    assert.deepEqual([...begun].sort(), [...order].sort());
    const rank = (vm: string) => order.indexOf(vm);
    assert.ok(begun.every((vm, at) => Math.abs(rank(vm) - at) < migrations));
    assert.equal(whole.final.nodes["hv1"]?.state, "flushed");
  });

  it("keeps as many on their way as the bounds allow, and never more", () => {
    let underWay = 0;
    let most = 0;
    for (const entry of whole.log) {
      if (entry.kind === "migrate-begin") underWay += 1;
      if (entry.kind === "migrate-end") underWay -= 1;
      most = Math.max(most, underWay);
    }
    const ends = whole.log.filter(isMove("migrate-end"));
    assert.equal(most, migrations);
    assert.equal(ends.length, count);
    const [first = 0, last = 0] = [ends[0]?.at, ends.at(-1)?.at];
    const rounds = count / migrations;
    assert.ok(last - 10 < (first - 10) * rounds * 1.5, `${last} s for ${rounds} rounds of ${first - 10} s`);
  });

  it(`can be called off during any VM: each ends at home and ran all the time (every ${every}.)`, async () => {
    const begins = whole.log.filter(isMove("migrate-begin")).map(({ at }) => at);
    for (let index = 0; index < count; index += every) {
      const at = Math.round((begins[index] ?? 0) * 1000) + 500;
      const { final, log } = await flush(`  - { at: ${at}ms, edit: { Node/hv1: { state: ready } } }`);
      const away = Object.entries(final.vms).filter(
        ([, { state, node, displaced }]) => state !== "running" || node !== "hv1" || displaced !== null,
      );
      assert.deepEqual(away, [], `called off at ${at} ms`);
      const restarted = log.filter(({ kind }) => kind === "start" || kind === "stop");
      assert.deepEqual(restarted, []);
    }
  });
});
