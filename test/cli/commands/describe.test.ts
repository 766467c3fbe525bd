import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DescribeReport } from "../../../cli/describe-object.ts";
import { Bench } from "../bench.ts";
import { webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

async function smallCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

describe("keel describe", () => {
  it("shows state, wanted fields, what is wrong, and events at the bottom", async () => {
    await using bench = await smallCluster();
    bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
    await bench.clock.advance(3_000);
    assertTranscript("describe", await bench.keel("describe vm/web1"), await bench.keel("describe node hv1"));
  });

  it("knows every kind of object", async () => {
    await using bench = await smallCluster();
    await bench.write("base.yaml", "kind: Profile\nname: base\nmemory: 1GiB\n");
    await bench.keel("apply -y");
    for (const object of [
      "vm/db1",
      "node/hv2",
      "network/servers",
      "pool/default",
      "profile/base",
      "cluster",
    ]) {
      const report = (await bench.data(`describe ${object}`)) as DescribeReport;
      assert.notEqual(report.spec, null, object);
    }
  });

  it("shows an orphan as it is, without a document", async () => {
    await using bench = await smallCluster();
    await bench.remove("db.yaml");
    await bench.keel("apply -y");
    const { out } = await bench.keel("describe vm/db1");
    assert.match(out, /^ {2}state {8}orphaned on hv3\n/m);
    assert.match(out, /^ {2}document {5}none\n/m);
    assert.doesNotMatch(out, /^Wanted/m);
  });

  it("shows what is under way", async () => {
    await using bench = await smallCluster();
    await bench.write("web.yaml", webYaml.replace("node: hv1", "node: hv2"));
    await bench.keel("apply -y --no-wait");
    await bench.clock.advance(1_000);
    const { out } = await bench.keel("describe vm/web1");
    assert.match(out, /^Under way\n {2}migrate web1 from hv1 to hv2: running \d+ % \[1s\]/m);
  });

  it("suggests a name for one that it does not know", async () => {
    await using bench = await smallCluster();
    const { err, exit } = await bench.keel("describe network/server");
    assert.match(err, /There is no network named server \(did you mean servers\?\)\./);
    assert.equal(exit, 1);
  });
});
