import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WhyReport } from "../../../reconciler/control/why.ts";
import { Bench } from "../bench.ts";
import { labYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

describe("keel why", () => {
  it("says why here, why not there, why in this state, what comes next and which line asked", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.write("app.yaml", "kind: VM\nname: app1\nmemory: 1GiB\nlimits: [hv2]\nautorestart: false\n");
    await bench.keel("apply -y");
    const atHome = await bench.keel("why vm/web1");
    await bench.write("lab.yaml", labYaml.replace("name: hv2\n", "name: hv2\nstate: flushed\n"));
    await bench.keel("apply -y --no-wait");
    await bench.clock.advance(1_000);
    const moving = await bench.keel("why vm/web2");
    const flushing = await bench.keel("why node/hv2");
    await bench.clock.advance(30_000);
    const away = await bench.keel("why vm web2");
    const held = await bench.keel("why vm/app1");
    assertTranscript("why", atHome, moving, flushing, away, held);
  });

  it("tells programs the same", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    const report = (await bench.data("why vm/db1")) as WhyReport;
    assert.equal(report.object, "VM/db1");
    assert.equal(report.source, "db.yaml:1");
    assert.deepEqual(
      report.elsewhere.map(({ node, usable }) => [node, usable]),
      [
        ["hv1", true],
        ["hv2", false],
      ],
    );
  });

  it("suggests a name, and says what it can be asked about", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    assert.match(
      (await bench.keel("why vm/wbe1")).err,
      /There is no VM named wbe1 \(did you mean web1\?\)\./,
    );
    assert.match(
      (await bench.keel("why network/servers")).err,
      /There is no kind "network" here: use vm, node/,
    );
    assert.match((await bench.keel("why vm")).err, /Which vm\? Write vm\/NAME\./);
  });
});
