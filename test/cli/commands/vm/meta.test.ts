import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dbYaml, webYaml } from "../../documents.ts";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, placementOf, vmOf } from "../../verb-bench.ts";

describe("keel vm meta", () => {
  it("changes what is asked for and no other byte, and moves who may no longer be where it is", async () => {
    await using bench = await appliedBench();
    const text = `# Shop.\n${webYaml.replace("node: hv1\n", "").replace("memory: 2GiB\n", "memory:   2GiB  # sold\n")}`;
    await bench.write("web.yaml", text);
    await bench.keel("apply -y");
    const { exit, out } = await bench.keel(
      "vm meta web1 --limits hv2,hv3 --selector vms --no-autorestart --method live --tags shop,eu --priority low -y",
    );
    assert.equal(exit, 0, out);
    const edited = text.replace(
      "tags: [shop]\n",
      "tags: [shop, eu]\nlimits: [hv2, hv3]\nselector: vms\nautorestart: false\nmigration: { method: live }\npriority: low\n",
    );
    assert.equal(await fileOf(bench, "web.yaml"), edited);
    assert.notEqual(placementOf(bench, "web1")?.node, "hv1");
    const back = await bench.keel("vm meta web1 --limits any --selector default --tags none -y");
    assert.equal(back.exit, 0, back.text);
    assert.deepEqual(
      [vmOf(bench, "web1")?.limits, vmOf(bench, "web1")?.selector, vmOf(bench, "web1")?.tags],
      [null, null, []],
    );
  });

  it("refuses what the files could not say, with the place, and what it was not told", async () => {
    await using bench = await appliedBench();
    const limits = await bench.keel("vm meta web1 --limits hv7 -y");
    assert.match(limits.err, /hv7[^]*Editing vm\/web1 was refused/);
    const downtime = await bench.keel("vm meta web1 --max-downtime 3 -y");
    assert.match(downtime.err, /Editing vm\/web1 was refused/);
    const nothing = await bench.keel("vm meta web1 -y");
    assert.match(nothing.err, /Say what is to be changed/);
    assert.deepEqual([limits.exit, downtime.exit, nothing.exit], [1, 1, 64]);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
  });

  it("says so where a profile says what it is to take away", async () => {
    await using bench = await appliedBench({
      "base.yaml": "kind: Profile\nname: base\ntags: [lab]\n",
      "db.yaml": `profiles: [base]\n${dbYaml}`,
    });
    const { err, exit } = await bench.keel("vm meta db1 --tags none -y");
    assert.match(err, /its `tags` come from a profile[^]*Write `tags: null` into its document by hand/);
    assert.equal(exit, 1);
  });

  it("shows edit and plan, and asks", async () => {
    await using bench = await appliedBench();
    const moved = await bench.keel("vm meta web1 --limits hv1,hv3 --max-downtime 500ms", { answer: "yes" });
    const again = await bench.keel("vm meta web1 --limits hv1,hv3 -y");
    const wrong = await bench.keel("vm meta web1 --limits hv2,hv22 -y");
    assertTranscript("vm-meta", moved, again, wrong, await bench.keel("vm info web1"));
  });
});
