import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { webYaml } from "../../documents.ts";
import { appliedBench, fileOf, placementOf, runOf, vmOf } from "../../verb-bench.ts";

const app = "# The new shop.\nkind: VM\nname: app1\nmemory:   1GiB   # for now\n";

describe("keel vm define", () => {
  it("takes a document as it is written, and starts the VM", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "app.yaml"), app);
    const { exit, text } = await bench.keel("vm define app.yaml -y --wait");
    assert.equal(exit, 0, text);
    assert.equal(await fileOf(bench, "vm-app1.yaml"), app);
    assert.notEqual(runOf(bench, "app1"), null);
    const again = await bench.keel("vm define app.yaml -y");
    assert.match(again.out, /The files say that already, and it is in force/);
  });

  it("stores nothing that is wrong or taken, and says where", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "bad.yaml"), app.replace("1GiB", "1"));
    const bad = await bench.keel("vm define bad.yaml -y");
    assert.match(bad.err, /vm-app1\.yaml:4:11[^]*Defining what bad\.yaml says was refused/);
    await writeFile(join(bench.folder, "web1.yaml"), app.replace("app1", "web1"));
    const taken = await bench.keel("vm define web1.yaml -y");
    assert.match(taken.err, /vm\/web1 is defined already in web\.yaml:1/);
    await writeFile(join(bench.folder, "node.yaml"), "kind: Node\nname: hv9\n");
    const node = await bench.keel("vm define node.yaml -y");
    assert.match(node.err, /it holds something else than VMs/);
    assert.deepEqual([bad.exit, taken.exit, node.exit], [1, 1, 1]);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 1);
  });
});

describe("keel vm rename", () => {
  it("keeps the guest running, where it is", async () => {
    await using bench = await appliedBench();
    const run = runOf(bench, "web1");
    const { exit, text } = await bench.keel("vm rename web1 shop1 -y --wait");
    assert.equal(exit, 0, text);
    assert.equal(runOf(bench, "shop1"), run);
    assert.equal(placementOf(bench, "shop1")?.node, "hv1");
    assert.equal(vmOf(bench, "web1"), undefined);
    assert.match(await fileOf(bench, "web.yaml"), /^kind: VM\nname: shop1\n[^]*renamedFrom: web1\n/);
    const taken = await bench.keel("vm rename shop1 web2 -y");
    assert.match(taken.err, /there is a vm\/web2 already/);
  });
});

describe("keel vm protect and forget", () => {
  it("protect and unprotect, as their document says it", async () => {
    await using bench = await appliedBench();
    await bench.keel("vm protect web1 -y");
    assert.equal(vmOf(bench, "web1")?.protect, true);
    await bench.keel("vm unprotect web1 -y");
    assert.equal(vmOf(bench, "web1")?.protect, false);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
  });

  it("forget leaves a VM running as an orphan, and does not forget many at once unasked", async () => {
    await using bench = await appliedBench();
    const run = runOf(bench, "web1");
    const many = await bench.keel("vm forget web* -y");
    assert.match(many.err, /2 of \d+ objects are gone at once/);
    assert.equal(many.exit, 5);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
    const { exit, text } = await bench.keel("vm forget web1 -y");
    assert.equal(exit, 0, text);
    assert.match(text, /orphan/);
    assert.equal(runOf(bench, "web1"), run);
    const orphan = await bench.keel("vm start web1 -y");
    assert.match(orphan.err, /no document names it any more: it is an orphan/);
  });
});
