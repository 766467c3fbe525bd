import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { writeSmallCluster } from "../documents.ts";

async function appliedCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

describe("keel report --html", () => {
  it("writes the cluster as one page to standard output", async () => {
    await using bench = await appliedCluster();
    const { out, err, exit } = await bench.keel("report --html");
    assert.deepEqual([err, exit], ["", 0]);
    assert.match(out, /^<!doctype html>\n[^]*<\/html>\n$/);
    assert.match(out, /<h1>Cluster lab<\/h1>/);
    assert.match(out, /<h3>hv1<\/h3>[^]*<strong>web1<\/strong>/);
    assert.match(out, /N\+1/);
  });

  it("writes it to a file, in the place of the one before, and leaves nothing else", async () => {
    await using bench = await appliedCluster();
    const before = await readdir(bench.folder);
    const first = await bench.keel("report --html cluster.html");
    assert.deepEqual([first.text, first.exit], ["", 0]);
    await bench.keel("node cordon hv3 -y");
    const second = await bench.keel("report --html cluster.html");
    assert.equal(second.exit, 0);
    const page = await readFile(join(bench.folder, "cluster.html"), "utf8");
    assert.match(page, /cordoned/);
    assert.deepEqual((await readdir(bench.folder)).sort(), [...before, "cluster.html"].sort());
  });

  it("says why a file cannot be written", async () => {
    await using bench = await appliedCluster();
    const { err, exit } = await bench.keel("report --html nowhere/cluster.html");
    assert.match(err, /writing the report to .*nowhere\/cluster\.html[^]*Name a file that you may write/);
    assert.equal(exit, 1);
  });

  it("asks for a format", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const { err, exit } = await bench.keel("report", { storeless: true });
    assert.match(err, /--html/);
    assert.equal(exit, 64);
  });
});
