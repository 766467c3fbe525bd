import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { labYaml, writeSmallCluster } from "../documents.ts";
import { appliedBench, fileOf } from "../verb-bench.ts";

describe("keel maintenance", () => {
  it("warns of its end in the last five minutes", async () => {
    await using bench = await appliedBench();
    await bench.keel("maintenance on --reason swap --for 6m -y");
    await bench.keel("maintenance on --node hv1 --reason disks --for 7m -y");
    const early = await bench.keel("maintenance status");
    assert.doesNotMatch(early.out, /ends in/);
    const before = (await bench.keel("status")).out;
    assert.match(before, /maintenance of hv1: not fenced, and given no VMs/);
    assert.doesNotMatch(before, /node\/hv1/);
    await bench.clock.advance(180_000);
    const late = await bench.keel("maintenance status");
    assert.match(late.out, /lab: on: swap; ends in [23]m \d\ds: fencing is possible again then/);
    assert.match(late.out, /hv1: on: disks; ends in [34]m \d\ds: fencing is possible again then/);
    const { out } = await bench.keel("status");
    assert.match(out, /maintenance: swap, ends in [23]m \d\ds: fencing is possible again then/);
    assert.match(out, /maintenance of node\/hv1: disks, ends in [34]m \d\ds: fencing is possible again/);
  });

  it("edits `maintenance` of the cluster or a node, and puts it in force", async () => {
    await using bench = await appliedBench();
    const on = await bench.keel("maintenance on --reason swap --for 2h -y");
    assert.equal(on.exit, 0, on.text);
    const until = new Date(bench.clock.now() + 7_200_000).toISOString().slice(0, 13);
    assert.match(
      await fileOf(bench, "lab.yaml"),
      new RegExp(`maintenance: \\{ reason: swap, until: ${until}`),
    );
    assert.match((await bench.keel("maintenance status")).out, /cluster lab: on: swap; until /);

    await bench.keel("maintenance on --node hv1 --reason disks -y");
    assert.match(await fileOf(bench, "lab.yaml"), /name: hv1\n(?:.+\n)*maintenance: \{ reason: disks \}\n/);
    assert.match((await bench.keel("maintenance status")).out, /hv1: on: disks; no end set/);

    await bench.keel("maintenance off --node hv1 -y");
    await bench.keel("maintenance off -y");
    assert.equal(await fileOf(bench, "lab.yaml"), labYaml);
    const again = await bench.keel("maintenance off -y");
    assert.match(again.out, /The files say that already/);
    assert.doesNotMatch((await bench.keel("maintenance status")).out, /: on: /);
  });

  it("only edits with --no-apply, and asks without -y", async () => {
    await using bench = await appliedBench();
    const edited = await bench.keel("maintenance on --reason swap --no-apply -y", { storeless: true });
    assert.equal(edited.exit, 0, edited.text);
    assert.match(await fileOf(bench, "lab.yaml"), /maintenance: \{ reason: swap \}/);
    assert.doesNotMatch((await bench.keel("maintenance status")).out, /: on: /);
    assert.equal((await bench.keel("maintenance off", { answer: "no" })).exit, 1);
    assert.match(await fileOf(bench, "lab.yaml"), /maintenance: \{ reason: swap \}/);
  });

  it("is overridden by a request where no file can be edited, which stays until it is taken back", async () => {
    await using bench = await appliedBench();
    await bench.write("broken.yaml", "kind: VM\nname: [\n");
    assert.equal((await bench.keel("maintenance on --reason swap -y")).exit, 5);
    const on = await bench.keel("maintenance on --reason swap --override");
    assert.match(on.out, /Maintenance is on until /);
    await bench.remove("broken.yaml");
    const off = await bench.keel("maintenance off -y");
    assert.match(
      off.out,
      /An override keeps it on until .*; `keel maintenance off --override` takes it back\./,
    );
    assert.match((await bench.keel("maintenance status")).out, /: on: swap/);
    assert.equal((await bench.keel("maintenance off -y --wait")).exit, 7);
    await bench.keel("maintenance off --override");
    await bench.clock.advance(1_000);
    assert.doesNotMatch((await bench.keel("maintenance status")).out, /: on: /);
    assert.equal((await bench.keel("maintenance off --override")).exit, 1);
  });

  it("is overridden for a node that is leaving too, and for no other that has no document", async () => {
    await using bench = await Bench.open({ nodes: ["hv1", "hv2", "hv3", "hv4"] });
    await writeSmallCluster(bench);
    await bench.write("hv4.yaml", "kind: Node\nname: hv4\n");
    await bench.keel("apply -y");
    await bench.remove("hv4.yaml");
    const applied = await bench.keel("apply -y");
    assert.equal(applied.exit, 0, applied.text);
    const on = await bench.keel("maintenance on --node hv4 --reason disks --override");
    assert.equal(on.exit, 0, on.text);
    await bench.clock.advance(1_000);
    assert.match((await bench.keel("maintenance status")).out, /hv4: on: disks; until /);
    assert.equal((await bench.keel("maintenance on --node hv9 --reason disks --override")).exit, 1);
  });
});
