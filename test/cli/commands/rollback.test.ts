import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { dbYaml, labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

const handWritten = `# The shop, in two parts.
${webYaml.replace("memory: 2GiB\n", "memory:   2GiB   # as the vendor says\n")}`;

/** Generation 1 with comments; generation 2 with more memory, a new VM and one that is gone. */
async function twoGenerations(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.write("web.yaml", handWritten);
  await bench.keel("apply -y");
  await bench.write("web.yaml", handWritten.replace("  2GiB  ", "  3GiB  "));
  await bench.write("lab.yaml", `${labYaml}---\nkind: VM\nname: app1\nmemory: 1GiB\n`);
  await bench.remove("db.yaml");
  await bench.keel("apply -y");
  return bench;
}

async function files(bench: Bench): Promise<Record<string, string>> {
  const folder = join(bench.folder, "cluster.d");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml"));
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(texts));
}

describe("keel rollback", () => {
  it("shows the edits, asks, makes them, and then does as apply does", async () => {
    await using bench = await twoGenerations();
    assertTranscript("rollback", await bench.keel("rollback 1 -y"), await bench.keel("history"));
    const { digest } = bench.cluster.feed.state.applied.head ?? {};
    const first = await bench.data("history");
    assert.match(JSON.stringify(first), new RegExp(`"generation":1,[^}]*"digest":"${String(digest)}"`));
  });

  it("leaves every byte that it need not touch, and puts removed ones back where they stood", async () => {
    await using bench = await twoGenerations();
    const { exit } = await bench.keel("rollback 1 -y --no-apply");
    assert.equal(exit, 0);
    const now = await files(bench);
    assert.deepEqual(Object.keys(now).sort(), ["db.yaml", "lab.yaml", "web.yaml"]);
    assert.deepEqual([now["web.yaml"], now["lab.yaml"]], [handWritten, labYaml]);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 2);
    const { out } = await bench.keel("rollback 1 --no-apply");
    assert.match(out, /^The files say already what generation 1 said\.\nNext: keel apply$/m);
  });

  it("edits nothing without a yes, and asks once more before it applies", async () => {
    await using bench = await twoGenerations();
    const before = await files(bench);
    const { err, exit } = await bench.keel("rollback 1", { answer: "no" });
    assert.match(err, /Make these edits\? [^]*Nothing was applied: the answer was not `yes`/);
    assert.equal(exit, 1);
    assert.deepEqual(await files(bench), before);
  });

  it("changes nothing where the files cannot be edited safely, and says so", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.write("db.yaml", "kind: VM\nname: db1\nmemory: 2GiB\ndisk: 4GiB\n");
    await bench.keel("apply -y");
    await bench.write("db.yaml", "kind: VM\nname: db1\nmemory: &size 4GiB\ndisk: *size\n");
    await bench.keel("apply -y --no-wait");
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 2);
    const before = await files(bench);
    const { err, exit } = await bench.keel("rollback 1 -y");
    assert.match(
      err,
      /Editing the files back to generation 1 was refused: db\.yaml: .*anchor.*; nothing was changed\./,
    );
    assert.equal(exit, 1);
    assert.deepEqual(await files(bench), before);
  });

  it("puts none of it in force where the gates of an apply hold it back", async () => {
    await using bench = await twoGenerations();
    const many = Array.from(
      { length: 4 },
      (_, index) => `kind: VM\nname: extra${String(index)}\nmemory: 1GiB\n`,
    );
    await bench.write("extra.yaml", many.join("---\n"));
    await bench.keel("apply -y");
    const { err, exit } = await bench.keel("rollback 2 -y");
    assert.match(err, /is suspect: 4 of 13 objects are gone at once/);
    assert.equal(exit, 5);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 3);
    const meant = await bench.keel("rollback 2 -y --allow-orphan 4");
    assert.equal(meant.exit, 0);
    assert.equal(bench.cluster.feed.state.applied.head?.note, "rollback to generation 2");
  });

  it("names the oldest generation where the one asked for is not kept", async () => {
    await using bench = await twoGenerations();
    const { err, exit } = await bench.keel("rollback 9 -y");
    assert.match(err, /There is no generation 9: the oldest that is kept is 1, the newest 2\./);
    assert.equal(exit, 1);
  });

  it("refuses to replace the XML of a domain that may be a file of its own", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    const domain = (memory: number) =>
      `<domain type='kvm'><name>raw</name><memory unit='MiB'>${String(memory)}</memory></domain>\n`;
    await bench.write("raw.yaml", "kind: VM\nname: raw\nmemory: 512MiB\ndomain: {xml: raw.xml}\n");
    await bench.write("raw.xml", domain(512));
    const applied = await bench.keel("apply -y --no-wait");
    assert.equal(applied.exit, 0, applied.text);
    await bench.write("raw.xml", domain(1024));
    await bench.write("db.yaml", dbYaml.replace("4GiB", "5GiB"));
    await bench.keel("apply -y --no-wait");
    const { err } = await bench.keel("rollback 1 -y");
    assert.match(err, /VM\/raw had another domain\.xml then[^]*Put the XML back by hand/);
    assert.equal((await files(bench))["db.yaml"], dbYaml.replace("4GiB", "5GiB"));
  });
});
