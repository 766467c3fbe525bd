import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readScenario } from "../../../simulator/scenario/read-scenario.ts";
import { simulate } from "../../../simulator/scenario/simulate.ts";

const deaf = Array.from({ length: 500 }, (_, index) => `vm${index}`);
const each = (value: string) => deaf.map((name) => `${name}: ${value}`).join(", ");

/** All on one node, all asked to shut down at 10 s and deaf to it; a moment later another one is wanted running. */
const text = [
  "objects:",
  "  - { kind: Node, name: hv1 }",
  "  - { kind: Node, name: hv2 }",
  ...deaf.map((name) => `  - { kind: VM, name: ${name}, memory: 64MiB, node: hv1 }`),
  "  - { kind: VM, name: web, memory: 64MiB, node: hv1, state: stopped }",
  "hardware: { hv1: { memory: 512GiB, cpus: 64 } }",
  `start: { ${each("hv1")} }`,
  "events:",
  `  - { at: 10s, guest: { ${each("ignore-acpi")} } }`,
  `  - { at: 10s, edit: { ${deaf.map((name) => `VM/${name}: { state: stopped }`).join(", ")} } }`,
  "  - { at: 11s, edit: { VM/web: { state: running } } }",
  "until: 13s",
].join("\n");

describe("500 guests that ignore their shutdown", () => {
  it("delay the start of another one on the same node by nothing", async () => {
    const noFolder = () => Promise.reject(new Error("it holds its own objects"));
    const { log, final, violations } = await simulate(await readScenario(text, "deaf.yaml", noFolder));
    assert.deepEqual(violations, []);
    assert.ok(deaf.every((name) => final.vms[name]?.state === "stopping"));
    const startedAt = log.find((entry) => entry.kind === "start" && entry.vm === "web")?.at ?? Infinity;
    assert.ok(startedAt < 11.2, `it started at ${startedAt} s`);
  });
});
