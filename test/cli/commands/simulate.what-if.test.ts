import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StatusReport } from "../../../reconciler/model/status-report.ts";
import type { WhatIfReport } from "../../../reconciler/model/what-if-report.ts";
import { Bench } from "../bench.ts";
import { assertTranscript } from "../golden.ts";

const nodes = ["hv1", "hv2", "hv3"].map((name) => `kind: Node\nname: ${name}\n`);
const pool = "kind: StoragePool\nname: default\ntype: dir\nshared: true\npath: /srv/vms\n";

function vmText(name: string, node: string, memory: string, more = ""): string {
  return `kind: VM\nname: ${name}\nmemory: ${memory}\nnode: ${node}\n${more}`;
}

/** Three nodes of 16 GiB with six VMs, one of which may run on hv1 alone, and one that cannot migrate. */
async function labAtWork(): Promise<Bench> {
  const bench = await Bench.open();
  await bench.write("lab.yaml", lab("limits: [hv1]\n"));
  const { exit, text } = await bench.keel("apply -y");
  assert.equal(exit, 0, text);
  return bench;
}

function lab(ofGpu1: string): string {
  return [
    "kind: Cluster\nname: lab\n",
    ...nodes,
    pool,
    vmText("web1", "hv1", "2GiB"),
    vmText("web2", "hv1", "2GiB", "migration: {method: shutdown}\n"),
    vmText("db1", "hv1", "6GiB", "priority: high\n"),
    vmText("gpu1", "hv1", "1GiB", ofGpu1),
    vmText("big1", "hv2", "7GiB"),
    vmText("big2", "hv3", "7GiB"),
  ].join("---\n");
}

describe("keel status", () => {
  it("says how the cluster is, whether it could lose any one node, and which VMs would be held", async () => {
    await using bench = await labAtWork();
    const bound = await bench.keel("status");
    await bench.write("lab.yaml", lab(""));
    await bench.keel("apply -y");
    assertTranscript("status-spare", bound, await bench.keel("status"));
    const { spare, vms } = (await bench.data("status")) as StatusReport;
    assert.deepEqual(spare, { ok: true, nodes: 3, losses: [] });
    assert.deepEqual(vms, { running: 6 });
  });
});

describe("keel simulate on the live cluster", () => {
  it("says what moves where, what does not fit and why, and what is left to lose", async () => {
    await using bench = await labAtWork();
    assertTranscript(
      "what-if",
      await bench.keel("simulate --flush hv1"),
      await bench.keel("simulate --lose hv1,hv2"),
      await bench.keel("simulate --add-vms 3x4GiB"),
    );
  });

  it("tells programs the same, and exits with 0 where all of it fits", async () => {
    await using bench = await labAtWork();
    const { exit, out } = await bench.keel("simulate --lose hv2 -o json");
    const report = JSON.parse(out) as WhatIfReport;
    assert.equal(exit, 0);
    assert.deepEqual(
      report.moves.map(({ vm, from, to, method }) => [vm, from, to, method]),
      [["big1", "hv2", "hv3", "restart"]],
    );
    assert.equal(report.fits, true);
    assert.equal(report.untouched, 5);
    const yaml = await bench.keel("simulate --lose hv2 -o yaml");
    assert.match(yaml.out, /^fits: true$/m);
  });

  it("takes the folder's edits as applied where asked to", async () => {
    await using bench = await labAtWork();
    await bench.write("more.yaml", vmText("more", "hv2", "7GiB", "priority: high\n"));
    const unplaced = async (line: string) =>
      ((await bench.data(line)) as WhatIfReport).unplaced.map(({ vm }) => vm);
    assert.deepEqual(await unplaced("simulate --flush hv1"), ["gpu1"]);
    assert.deepEqual(await unplaced("simulate --flush hv1 --edits"), ["gpu1", "web2"]);
  });

  it("changes nothing: no record is written", async () => {
    await using bench = await labAtWork();
    const before = bench.cluster.feed.state.revision;
    await bench.keel("simulate --lose hv1,hv2 --flush hv3 --add-vms 5x1GiB");
    assert.equal(bench.cluster.feed.state.revision, before);
  });

  it("refuses what it cannot mean, and says how it is meant", async () => {
    await using bench = await labAtWork();
    assertTranscript(
      "what-if-refused",
      await bench.keel("simulate"),
      await bench.keel("simulate --lose hv9"),
      await bench.keel("simulate --add-vms 20x4G"),
      await bench.keel("simulate --add-vms 4GiB"),
      await bench.keel("simulate flush.yaml --flush hv1"),
    );
  });
});
