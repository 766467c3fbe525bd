import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Outcome } from "../../../simulator/scenario/outcome.ts";
import type { Transcript } from "../bench.ts";
import { assertTranscript } from "../golden.ts";
import { runKeel, temporaryFolder } from "../run-keel.ts";

const flush = `
cluster: lab
start: {web: hv1}
events:
  - {at: 10s, edit: {Node/hv1: {state: flushed}}}
expect:
  vms: {web: {state: running, node: hv2, displaced: flush}}
  nodes: {hv1: {state: flushed, vms: []}}
`;
const lab = `kind: Node
name: hv1
---
kind: Node
name: hv2
---
kind: VM
name: web
memory: 1GiB
node: hv1
`;

async function folderWith(test: Parameters<typeof temporaryFolder>[0], scenario: string): Promise<string> {
  const cwd = await temporaryFolder(test);
  await mkdir(join(cwd, "lab"));
  await writeFile(join(cwd, "lab", "lab.yaml"), lab);
  await writeFile(join(cwd, "flush.yaml"), scenario);
  return cwd;
}

async function transcriptOf(cwd: string): Promise<Transcript> {
  const { exit, out, err } = await runKeel(["simulate", "flush.yaml"], { cwd });
  return { command: "keel simulate flush.yaml", out, err, text: out + err, exit };
}

describe("keel simulate", () => {
  it("plays a scenario on a folder beside it, and shows what happened and what came out", async (test) => {
    const cwd = await folderWith(test, flush);
    const met = await transcriptOf(cwd);
    await writeFile(join(cwd, "flush.yaml"), flush.replace("displaced: flush", "displaced: fence"));
    assertTranscript("simulate", met, await transcriptOf(cwd));
  });

  it("tells programs the same, in seconds", async (test) => {
    const cwd = await folderWith(test, flush);
    const { exit, out } = await runKeel(["simulate", "flush.yaml", "-o", "json"], { cwd });
    const outcome = JSON.parse(out) as Outcome;
    assert.equal(exit, 0);
    assert.equal(outcome.ok, true);
    assert.equal(outcome.final.vms["web"]?.node, "hv2");
    assert.deepEqual(
      outcome.log.map(({ kind }) => kind),
      ["edit", "migrate-begin", "migrate-end"],
    );
  });

  it("names every fault of a scenario with its place, and exits with 5", async (test) => {
    const cwd = await folderWith(test, flush.replace("10s", "10"));
    const { exit, err } = await runKeel(["simulate", "flush.yaml"], { cwd });
    assert.equal(exit, 5);
    assert.match(err, /flush\.yaml:5:10: events\[0\]\.at: 10 is not a duration; write the unit: 10s/);
  });
});
