import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { webYaml } from "../../documents.ts";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, placementOf, runOf, vmOf } from "../../verb-bench.ts";

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

describe("keel vm rename, forget and destroy", () => {
  it("say what they edit, what comes of it, and what is left to do", async () => {
    await using bench = await appliedBench();
    const renamed = await bench.keel("vm rename web1 shop1 -y");
    const forgotten = await bench.keel("vm forget web2 -y");
    const doomed = await bench.keel("vm destroy db1 -y");
    assertTranscript("vm-documents", renamed, forgotten, doomed);
    assert.equal(doomed.exit, 3);
    assert.notEqual(runOf(bench, "db1"), null);
  });
});
