import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { dbYaml, labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

/** Three generations: as written; one VM larger and one that is new; one less. */
async function threeGenerations(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  await bench.write("web.yaml", webYaml.replace("memory: 2GiB", "memory: 3GiB"));
  await bench.write("app.yaml", "kind: VM\nname: app1\nmemory: 1GiB\n");
  await bench.keel("apply -y");
  await bench.remove("db.yaml");
  await bench.keel("apply -y");
  return bench;
}

describe("keel history", () => {
  it("lists what was applied, when and by whom, and how much it changed", async () => {
    await using bench = await threeGenerations();
    assertTranscript(
      "history",
      await bench.keel("history"),
      await bench.keel("history -o wide"),
      await bench.keel("history -o name"),
      await bench.keel("history -o json"),
    );
  });

  it("says so where nothing was ever applied", async () => {
    await using bench = await Bench.open();
    const { err, exit } = await bench.keel("history");
    assert.deepEqual([err, exit], ["Nothing was ever applied.\n", 0]);
    assert.deepEqual(await bench.data("history"), { items: [] });
  });
});

describe("keel diff", () => {
  it("shows what two generations say otherwise, object by object and field by field", async () => {
    await using bench = await threeGenerations();
    assertTranscript(
      "diff",
      await bench.keel("diff 1 2"),
      await bench.keel("diff 1"),
      await bench.keel("diff 3 1"),
      await bench.keel("diff 2 2"),
      await bench.keel("diff 1 2 -o json"),
    );
  });

  it("tells which generations there are where one is not", async () => {
    await using bench = await threeGenerations();
    const { err, exit } = await bench.keel("diff 7");
    assert.match(err, /There is no generation 7: the oldest that is kept is 1, the newest 3\./);
    assert.equal(exit, 1);
    const { keys } = bench.cluster;
    await bench.cluster.client().transact({ compare: [], then: [{ delete: keys.history(1) }] });
    assert.match((await bench.keel("diff 1")).err, /the oldest that is kept is 2/);
  });

  it("tells what is written otherwise, and not that it moved in the files", async () => {
    await using bench = await threeGenerations();
    await bench.write("web.yaml", `# The shop.\n${webYaml.replace("memory: 2GiB", "memory: 3072MiB")}`);
    await bench.write("lab.yaml", `${labYaml}---\n${dbYaml}`);
    await bench.keel("apply -y");
    const { out } = await bench.keel("diff 3");
    assert.match(out, /^~ changed {2}vm\/web1\n {4}memory {2}3GiB → 3072MiB$/m);
    assert.match(out, /^\+ added {4}vm\/db1$[^]*^ {4}cluster.d\/lab\.yaml:24$/m);
    assert.match(out, /^1 added, 1 changed, 0 removed\.$/m);
  });
});
