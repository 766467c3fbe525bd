import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { webYaml } from "../../documents.ts";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, placementOf } from "../../verb-bench.ts";

describe("keel vm migrate, unmigrate and move", () => {
  it("run a VM elsewhere, bring it home, and give it another home", async () => {
    await using bench = await appliedBench();
    const migrate = await bench.keel("vm migrate web1 --to hv3 -y --wait");
    assert.deepEqual([placementOf(bench, "web1")?.node, placementOf(bench, "web1")?.home], ["hv3", "hv1"]);
    const unmigrate = await bench.keel("vm unmigrate web1 -y --wait");
    assert.equal(placementOf(bench, "web1")?.node, "hv1");
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
    const move = await bench.keel("vm move web1 --to hv3 -y --wait");
    assert.deepEqual([placementOf(bench, "web1")?.node, placementOf(bench, "web1")?.home], ["hv3", "hv3"]);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml.replace("node: hv1", "node: hv3"));
    assertTranscript("vm-place", migrate, unmigrate, move);
  });

  it("drops `migrate:` with a move", async () => {
    await using bench = await appliedBench();
    await bench.keel("vm migrate web1 --to hv3 -y");
    const { exit } = await bench.keel("vm move web1 --to hv2 -y --wait");
    assert.equal(exit, 0);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml.replace("node: hv1", "node: hv2"));
  });

  it("choose by the VM's selector where they are not told, never where it is, and write it down", async () => {
    await using bench = await appliedBench();
    const { exit, out } = await bench.keel("vm move web1 web2 -y --wait");
    assert.equal(exit, 0, out);
    const text = await fileOf(bench, "web.yaml");
    const nodes = [...text.matchAll(/^node: (.*)$/gm)].map(([, node]) => node);
    assert.equal(nodes.length, 2);
    assert.notEqual(nodes[0], "hv1");
    assert.notEqual(nodes[1], "hv2");
    assert.deepEqual(
      ["web1", "web2"].map((vm) => placementOf(bench, vm)?.node),
      nodes,
    );
  });

  it("say why where no node can take it, and edit nothing", async () => {
    await using bench = await appliedBench();
    const before = await fileOf(bench, "db.yaml");
    await bench.keel("node cordon hv1 hv3 -y");
    const { err, exit } = await bench.keel("vm move db1 -y");
    assert.match(err, /Moving vm\/db1 was refused: no node can take vm\/db1: hv\d is cordoned/);
    assert.equal(exit, 1);
    assert.equal(await fileOf(bench, "db.yaml"), before);
  });

  it("refuse a node outside the limits, and one that nobody defines", async () => {
    await using bench = await appliedBench();
    const outside = await bench.keel("vm migrate db1 --to hv2 -y");
    assert.match(outside.err, /migrate is hv2, but limits allow only hv1, hv3/);
    const unknown = await bench.keel("vm migrate web1 --to hv9 -y");
    assert.match(unknown.err, /There is no node named hv9 \(did you mean hv\d\?\)/);
    assert.deepEqual([outside.exit, unknown.exit], [1, 1]);
    const storeless = await bench.keel("vm move web1 --no-apply", { storeless: true });
    assert.match(storeless.err, /Without a store nothing can be chosen: say where, with --to NODE/);
    assert.equal(storeless.exit, 64);
  });
});
