import assert from "node:assert/strict";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { SavedPlan } from "../../../cli/saved-plan.ts";
import type { PlanReport } from "../../../reconciler/model/report.ts";
import { Bench } from "../bench.ts";
import { dbYaml, labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

/** The small cluster as it runs, and edits of every kind in the folder. */
async function editedCluster(): Promise<Bench> {
  const strangers = [{ name: "scratch", memoryBytes: 2 ** 30, running: true }];
  const bench = await Bench.open({ hardware: { hv3: { unmanaged: strangers } } });
  await writeSmallCluster(bench);
  await bench.write("wiki.yaml", "kind: VM\nname: old-wiki\nmemory: 1GiB\ndisk: 5GiB\n");
  await bench.write("legacy.yaml", "kind: VM\nname: legacy\nmemory: 1GiB\n");
  await bench.keel("apply -y");
  const flushed = labYaml.replace("name: hv2\n", "name: hv2\nstate: flushed\n");
  await bench.write("lab.yaml", flushed.replace("name: lab\n", "name: lab\nmaintenance: true\n"));
  await bench.write("db.yaml", dbYaml.replace("memory: 4GiB", "memory: 6GiB").replace("cpus: 2", "cpus: 7"));
  await bench.write("wiki.yaml", "kind: VM\nname: old-wiki\nstate: absent\nmemory: 1GiB\ndisk: 5GiB\n");
  await bench.write("gpu.yaml", "kind: VM\nname: gpu1\nmemory: 64GiB\nlimits: [hv3]\n");
  await bench.write("mail.yaml", "kind: VM\nname: mail1\nmemory: 1GiB\ndisk: 5GiB\n");
  await bench.remove("legacy.yaml");
  bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
  await bench.clock.advance(3_000);
  return bench;
}

describe("keel plan", () => {
  it("shows what would be done and why, what is blocked, what drifted, and what it comes to", async () => {
    await using bench = await editedCluster();
    assertTranscript("plan", await bench.keel("plan"), await bench.keel("plan --detail"));
  });

  it("writes Markdown for merge requests", async () => {
    await using bench = await editedCluster();
    assertTranscript("plan-markdown", await bench.keel("plan -o markdown"));
  });

  it("says the same to programs", async () => {
    await using bench = await editedCluster();
    const report = (await bench.data("plan")) as PlanReport;
    assert.equal(report.formatVersion, 1);
    assert.equal(report.hasChanges, true);
    assert.equal(report.summary.migrate, 2);
    const migration = report.changes.find(({ object }) => object === "VM/web2");
    assert.deepEqual(migration?.source, { file: "web.yaml", line: 9 });
    assert.equal(migration.impact, "migrate");
  });

  it("uses ASCII where the terminal knows no more", async () => {
    await using bench = await editedCluster();
    const { out } = await bench.keel("plan", { ascii: true });
    assert.match(out, /^> migrate {2}vm\/web2 hv2 -> hv1/m);
    assert.match(out, /^[ -~\n]*$/);
  });

  it("has nothing to say after an apply, whatever the loop still does", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    const before = await bench.keel("plan");
    await bench.keel("apply -y --no-wait");
    const after = await bench.keel("plan --detailed-exitcode");
    assertTranscript("plan-first", before, after);
  });

  it("exits with 2 where apply would do something, if asked to", async () => {
    await using bench = await editedCluster();
    assert.equal((await bench.keel("plan")).exit, 0);
    assert.equal((await bench.keel("plan --detailed-exitcode")).exit, 2);
  });

  it("exits with 0 where everything that is left is blocked", async () => {
    await using bench = await editedCluster();
    await bench.keel("apply -y");
    const { out, exit } = await bench.keel("plan --detailed-exitcode");
    assert.match(out, /No changes\. The cluster matches cluster\.d \(generation 2\)\. 2 blocked\.$/m);
    assert.equal(exit, 0);
  });

  it("fits 200 changed VMs on one screen, and shows each of them when asked", async () => {
    await using bench = await Bench.open();
    const vms = (memory: string) =>
      Array.from({ length: 200 }, (_, i) => `kind: VM\nname: web${i}\nmemory: ${memory}\ndisk: 1GiB\n`).join(
        "---\n",
      );
    await bench.write("lab.yaml", labYaml);
    await bench.write("web.yaml", vms("64MiB"));
    const births = await bench.keel("plan");
    await bench.keel("apply -y");
    await bench.write("web.yaml", vms("128MiB"));
    const edits = await bench.keel("plan");
    assertTranscript("plan-200", births, edits);
    for (const { out } of [births, edits]) assert.ok(out.split("\n").length <= 40);
    const { out: detailed } = await bench.keel("plan --detail");
    assert.equal(detailed.match(/64MiB → 128MiB/g)?.length, 200);
  });

  it("fits a screen where no two changes are alike, and leaves out the least grave", async () => {
    await using bench = await Bench.open();
    const vms = (memory: number) =>
      Array.from({ length: 60 }, (_, i) => `kind: VM\nname: web${i}\nmemory: ${memory + i}MiB\n`).join(
        "---\n",
      );
    await bench.write("lab.yaml", labYaml);
    await bench.write("web.yaml", `${vms(64)}---\nkind: VM\nname: zz\nmemory: 1GiB\n`);
    await bench.keel("apply -y");
    await bench.write("web.yaml", vms(128));
    const { out } = await bench.keel("plan");
    assert.ok(out.split("\n").length <= 40);
    assert.match(out, /orphan {3}vm\/zz/);
    assert.match(out, /and \d+ more; `--detail` shows all/);
  });

  it("saves what it shows, for nobody else to read", async () => {
    await using bench = await editedCluster();
    const path = join(bench.folder, "edits.plan");
    await writeFile(path, "what others may read", { mode: 0o644 });
    const { out } = await bench.keel("plan --out edits.plan");
    assert.match(out, /^Saved to edits\.plan; .*\nNext: keel apply edits\.plan$/m);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((JSON.parse(await readFile(path, "utf8")) as SavedPlan).inputs.generation, 1);
  });
});

describe("keel plan of a folder that cannot be used", () => {
  it("shows every error with its place, and exits with 5", async () => {
    await using bench = await Bench.open();
    await bench.write("lab.yaml", labYaml);
    await bench.write(
      "web.yaml",
      webYaml.replace("memory: 2GiB", "memory: 2G").replace("node: hv2", "nodee: hv2"),
    );
    assertTranscript("plan-invalid", await bench.keel("plan"));
  });

  it("tells programs with one object", async () => {
    await using bench = await Bench.open();
    await bench.write("web.yaml", webYaml);
    const { out, err, exit } = await bench.keel("plan -o json");
    const { error } = JSON.parse(err) as { error: { code: string; exit: number } };
    assert.deepEqual([error.code, error.exit, exit, out], ["source-invalid", 5, 5, ""]);
  });

  it("suspects a folder from which much has gone", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    await bench.remove("web.yaml");
    await bench.remove("db.yaml");
    const suspect = await bench.keel("plan");
    const meant = await bench.keel("plan --allow-orphan 3");
    assertTranscript("plan-suspect", suspect, meant);
  });

  it("does not take a folder that is away for an empty one", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    await rename(join(bench.folder, "cluster.d"), join(bench.folder, "elsewhere"));
    const { err, exit } = await bench.keel("plan");
    assert.match(err, /A folder that cannot be read is not an empty one: nothing was changed\./);
    assert.equal(exit, 5);
  });

  it("refuses another name for the cluster", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    await bench.write("lab.yaml", labYaml.replace("name: lab", "name: prod"));
    const { err, exit } = await bench.keel("plan");
    assert.match(err, /The files name the cluster prod, the store holds lab\./);
    assert.equal(exit, 5);
  });
});
