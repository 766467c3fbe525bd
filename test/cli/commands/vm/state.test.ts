import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { webYaml } from "../../documents.ts";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, placementOf, runOf, vmOf } from "../../verb-bench.ts";

describe("keel vm start, shutdown, poweroff and disable", () => {
  it("edit `state` and follow until it is so", async () => {
    await using bench = await appliedBench();
    const shutdown = await bench.keel("vm shutdown web1 -y --wait");
    assert.equal(runOf(bench, "web1"), null);
    assert.equal(
      await fileOf(bench, "web.yaml"),
      webYaml.replace("tags: [shop]\n", "tags: [shop]\nstate: stopped\n"),
    );
    const start = await bench.keel("vm start web1 -y --wait");
    assert.notEqual(runOf(bench, "web1"), null);
    const poweroff = await bench.keel("vm poweroff web* -y --wait");
    const disable = await bench.keel("vm disable web2 -y --wait");
    assert.deepEqual([vmOf(bench, "web1")?.state, vmOf(bench, "web2")?.state], ["poweroff", "disabled"]);
    assertTranscript("vm-state", shutdown, start, poweroff, disable);
  });

  it("breaks a shutdown off while the guest takes its time", async () => {
    await using bench = await appliedBench();
    bench.cluster.network.habits.setAcpi("web1", "ignore");
    const run = runOf(bench, "web1");
    const begun = await bench.keel("vm shutdown web1 -y", { interruptAt: /shutting down/ });
    assert.equal(begun.exit, 130);
    assert.match(begun.err, /Generation 2 stays in force, and what was begun goes on/);
    const back = await bench.keel("vm start web1 -y --wait");
    assert.equal(back.exit, 0, back.text);
    assert.equal(runOf(bench, "web1"), run);
  });

  it("releases a VM that is held, where the files want it running already", async () => {
    await using bench = await appliedBench({
      "app.yaml": "kind: VM\nname: app1\nmemory: 1GiB\nnode: hv2\nlimits: [hv2]\nautorestart: false\n",
    });
    const flush = await bench.keel("node flush hv2 -y --wait");
    assert.equal(flush.exit, 0);
    assert.match(flush.out, /vm\/app1 is held: no node can take it; `autorestart: false`, so it waits/);
    assert.equal(placementOf(bench, "app1")?.held?.by, "flush");
    await bench.keel("node ready hv2 -y");
    const start = await bench.keel("vm start app1 -y --wait");
    assert.match(start.out, /Asked for: the release of vm\/app1 from its hold\.[^]*vm\/app1 is running/);
    assert.equal(start.exit, 0);
    assert.notEqual(runOf(bench, "app1"), null);
  });

  it("tries again with a guest that switched itself off", async () => {
    await using bench = await appliedBench();
    bench.cluster.machine("hv1").switchOff("web1");
    await bench.clock.advance(5_000);
    const start = await bench.keel("vm start web1 -y --wait");
    assert.match(start.out, /Asked for: another try with vm\/web1\./);
    assert.equal(start.exit, 0, start.text);
  });

  it("does nothing where all is so already", async () => {
    await using bench = await appliedBench();
    const { out, exit } = await bench.keel("vm start web1 -y");
    assert.match(out, /^The files say that already, and it is in force \(generation 1\)\./);
    assert.equal(exit, 0);
    assert.equal(bench.cluster.feed.state.requests.size, 0);
  });
});

describe("keel vm destroy", () => {
  it("edits `state`, destroys nothing by itself, and tells what approves it", async () => {
    await using bench = await appliedBench();
    const destroy = await bench.keel("vm destroy web1 -y");
    assert.equal(destroy.exit, 3);
    assert.match(destroy.text, /keel approve vm\/web1 --destroy/);
    assert.notEqual(runOf(bench, "web1"), null);
  });
});
