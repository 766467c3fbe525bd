import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { DriftsReport } from "../../../cli/commands/drift.ts";
import { Bench } from "../bench.ts";
import { dbYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

/** Everything that can differ, at once. */
async function driftedCluster(): Promise<Bench> {
  const strangers = [{ name: "scratch", memoryBytes: 2 ** 30, running: true }];
  const bench = await Bench.open({ hardware: { hv3: { unmanaged: strangers } } });
  await writeSmallCluster(bench);
  await bench.write("legacy.yaml", "kind: VM\nname: legacy\nmemory: 1GiB\n");
  await bench.keel("apply -y");
  await bench.remove("legacy.yaml");
  await bench.write("db.yaml", dbYaml.replace("cpus: 2", "cpus: 7"));
  await bench.keel("apply -y");
  await bench.write("web.yaml", webYaml.replaceAll("[shop]", "[other]"));
  bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
  bench.cluster.machine("hv2").switchOff("web2");
  await bench.clock.advance(5_000);
  return bench;
}

describe("keel drift", () => {
  it("shows edits that wait, what was changed by hand, orphans and strangers", async () => {
    await using bench = await driftedCluster();
    assertTranscript("drift", await bench.keel("drift"));
  });

  it("tells programs the same", async () => {
    await using bench = await driftedCluster();
    const report = (await bench.data("drift")) as DriftsReport;
    assert.equal(report.folder.status, "ok");
    assert.equal(report.pending?.update, 2);
    const found = report.items.map(({ kind, object }) => [kind, object]);
    assert.deepEqual(found.sort(), [
      ["drift", "VM/web1"],
      ["orphaned", "VM/legacy"],
      ["pending", "VM/db1"],
      ["state", "VM/web2"],
      ["unmanaged", "scratch"],
    ]);
  });

  it("shows what it can see where the folder cannot be believed", async () => {
    await using bench = await driftedCluster();
    await bench.write("web.yaml", "kind: VM\n");
    const invalid = await bench.keel("drift");
    assert.match(invalid.out, /^What waits in cluster\.d is not known: \d errors? in cluster\.d/);
    assert.match(invalid.out, /vm\/web1 on hv1: memory is 3GiB, 2GiB is wanted/);
    await rename(join(bench.folder, "cluster.d"), join(bench.folder, "elsewhere"));
    const away = (await bench.data("drift")) as DriftsReport;
    assert.equal(away.folder.status, "unreadable");
    assert.equal(away.pending, null);
  });

  it("says so where all is as it was written", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    const { out } = await bench.keel("drift");
    assert.equal(out, "cluster.d says what is applied.\n\nNothing was changed outside keel.\n");
  });
});
