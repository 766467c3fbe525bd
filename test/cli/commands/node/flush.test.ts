import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Bench } from "../../bench.ts";
import { labYaml, writeSmallCluster } from "../../documents.ts";
import { assertTranscript } from "../../golden.ts";

/** As it would be written by hand: with remarks, and air where somebody wanted it. */
const nodesYaml = labYaml.replace("name: hv1\n", "name:   hv1   # the old one\nlabels: {rack: a}\n");

async function applied(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.write("lab.yaml", nodesYaml);
  await bench.keel("apply -y");
  return bench;
}

function fileOf(bench: Bench, file: string): Promise<string> {
  return readFile(join(bench.folder, "cluster.d", file), "utf8");
}

describe("keel node flush", () => {
  it("edits the one field, shows the plan, and follows until the node is empty; ready takes it back", async () => {
    await using bench = await applied();
    const flushed = await bench.keel("node flush hv1 -y --wait");
    assert.equal(flushed.exit, 0, flushed.text);
    const edited = nodesYaml.replace("labels: {rack: a}\n", "labels: {rack: a}\nstate: flushed\n");
    assert.equal(await fileOf(bench, "lab.yaml"), edited);
    const { nodes } = bench.cluster.feed.state;
    assert.deepEqual(
      [...(nodes.get("hv1")?.domains.values() ?? [])].filter(({ state }) => state !== "off"),
      [],
    );
    const ready = await bench.keel("node ready hv1 -y --wait");
    assert.equal(await fileOf(bench, "lab.yaml"), edited.replace("state: flushed", "state: ready"));
    assertTranscript("node-flush", flushed, ready, await bench.keel("node ready hv1 -y --wait"));
  });

  it("says so and exits with 7 where a VM cannot leave, and leaves it running", async () => {
    await using bench = await applied();
    await bench.write(
      "app.yaml",
      "kind: VM\nname: app1\nmemory: 1GiB\nnode: hv1\nmigration: {method: live}\nlimits: [hv1, hv2]\n",
    );
    await bench.keel("apply -y");
    bench.cluster.network.habits.setMigration("app1", "fail");
    const { exit, text } = await bench.keel("node flush hv1 -y --wait");
    assert.equal(exit, 7, text);
    assert.match(text, /node\/hv1 is not flushed: .*vm\/app1: migration failed 3 times/);
  });

  it("says beforehand where each VM would go and what has no place, and changes nothing", async () => {
    await using bench = await applied();
    await bench.write("app.yaml", "kind: VM\nname: app1\nmemory: 1GiB\nnode: hv1\nlimits: [hv1]\n");
    await bench.keel("apply -y");
    const before = bench.cluster.feed.state.revision;
    const preflight = await bench.keel("node flush hv1 --dry-run");
    assert.equal(await fileOf(bench, "lab.yaml"), nodesYaml);
    assert.equal(bench.cluster.feed.state.revision, before);
    assert.equal((await bench.keel("node flush hv* --dry-run")).exit, 1);
    assertTranscript("node-flush-dry-run", preflight);
  });
});
