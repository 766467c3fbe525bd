import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, runOf } from "../../verb-bench.ts";
import { webYaml } from "../../documents.ts";

describe("keel vm restart, release and retry", () => {
  it("restart a guest without an edit, and follow until another run of it is there", async () => {
    await using bench = await appliedBench();
    const run = runOf(bench, "web1");
    const restart = await bench.keel("vm restart web1 --wait");
    assert.equal(restart.exit, 0, restart.text);
    assert.ok(runOf(bench, "web1") !== null && runOf(bench, "web1") !== run);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
    assertTranscript("vm-restart", restart);
  });

  it("ask and go where they are told not to wait; the request is used once", async () => {
    await using bench = await appliedBench();
    const run = runOf(bench, "web1");
    const { out } = await bench.keel("vm restart web1 --no-wait");
    assert.match(out, /^Asked for: a restart of vm\/web1\.\nIt is used once, within an hour/);
    await bench.clock.advance(20_000);
    assert.notEqual(runOf(bench, "web1"), run);
    assert.equal(bench.cluster.feed.state.requests.size, 0);
  });

  it("are refused where nothing would come of them", async () => {
    await using bench = await appliedBench();
    await bench.keel("vm shutdown web2 -y");
    const refused = [
      [await bench.keel("vm release web1"), /Releasing vm\/web1 was refused: it is not held/],
      [await bench.keel("vm retry web1"), /Trying again with vm\/web1 was refused: nothing of it failed/],
      [await bench.keel("vm restart web2"), /`state: stopped` is what the files want[^]*keel vm start web2/],
      [await bench.keel("vm restart web"), /There is no vm named web \(did you mean web1\?\)/],
    ] as const;
    for (const [{ err, exit }, message] of refused) {
      assert.match(err, message);
      assert.equal(exit, 1);
    }
    assert.equal(bench.cluster.feed.state.requests.size, 0);
  });
});
