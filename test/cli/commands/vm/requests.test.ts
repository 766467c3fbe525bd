import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, runOf } from "../../verb-bench.ts";
import { webYaml } from "../../documents.ts";
import { retryReasons } from "../../../../cli/verbs/vm-state.ts";
import { adviseOn, reason, type ReasonCode, reasonTable } from "../../../../reconciler/model/reasons.ts";

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

  it("try again at once what waits for its next try, and what its policy leaves off", async () => {
    await using bench = await appliedBench({
      "never.yaml": `kind: VM\nname: once\nmemory: 1GiB\nrestart: {policy: never}\n`,
    });
    for (const [name, told] of [
      ["web1", /the last try failed \(crashed\)/],
      ["once", /`keel vm retry once` starts it again/],
    ] as const) {
      bench.cluster.machineOf(name)?.crash(name);
      await bench.clock.advance(1_000);
      assert.match((await bench.keel(`why vm/${name}`)).out, told);
      const retry = await bench.keel(`vm retry ${name} --wait`);
      assert.equal(retry.exit, 0, retry.text);
      assert.notEqual(runOf(bench, name), null);
    }
  });

  it("try a shutdown again that the guest ignored", async () => {
    await using bench = await appliedBench({
      "deaf.yaml": "kind: VM\nname: deaf\nmemory: 1GiB\nshutdown: {timeout: 10s, then: leave}\n",
    });
    const { habits } = bench.cluster.network;
    habits.setAcpi("deaf", "ignore");
    await bench.keel("vm shutdown deaf -y --no-wait");
    await bench.clock.advance(30_000);
    assert.match((await bench.keel("why vm/deaf")).out, /the guest ignored the shutdown/);
    habits.setAcpi("deaf", "obey");
    const retry = await bench.keel("vm retry deaf --wait");
    assert.equal(retry.exit, 0, retry.text);
    assert.equal(runOf(bench, "deaf"), null);
  });

  it("start what maintenance keeps back, and leave the rest", async () => {
    await using bench = await appliedBench({
      "other.yaml": "kind: VM\nname: other\nmemory: 1GiB\nnode: hv1\n",
    });
    await bench.keel("maintenance on --reason swap -y");
    bench.cluster.powerOff("hv1");
    await bench.clock.advance(60_000);
    await bench.keel("node confirm-dead hv1", { answer: "hv1" });
    await bench.clock.advance(60_000);
    assert.match((await bench.keel("why vm/web1")).out, /nothing is taken over\s+while maintenance is on/);
    const start = await bench.keel("vm start web1 -y --wait");
    assert.equal(start.exit, 0, start.text);
    assert.notEqual(bench.cluster.machineOf("web1"), null);
    await bench.clock.advance(60_000);
    assert.equal(bench.cluster.machineOf("other"), null);
  });

  it("take every reason that advises another try for one", () => {
    const codes = Object.keys(reasonTable) as ReasonCode[];
    const advised = codes.filter((code) => adviseOn(reason(code))?.includes("keel vm retry") === true);
    assert.ok(advised.length > 0);
    for (const code of advised) assert.ok(retryReasons.has(code), code);
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
