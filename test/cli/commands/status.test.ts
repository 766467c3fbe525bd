import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StatusReport } from "../../../reconciler/model/status-report.ts";
import { labYaml } from "../documents.ts";
import { appliedBench } from "../verb-bench.ts";

describe("keel status", () => {
  it("says of each node that is missed why nothing is done, and what to do", async () => {
    await using bench = await appliedBench();
    const { nodesInTrouble } = (await bench.data("status")) as StatusReport;
    assert.deepEqual(nodesInTrouble, []);
    await bench.keel("maintenance on --node hv1 --reason disks -y");
    bench.cluster.powerOff("hv1");
    await bench.clock.advance(60_000);
    const { out } = await bench.keel("status");
    assert.match(
      out,
      /Nodes in trouble\n {2}node\/hv1 {2}lost: hv1 is lost, and left alone: maintenance is on\n/,
    );
    assert.match(out, /`keel maintenance off`, of\s+a node with `--node`, ends it\./);
  });

  it("names the nodes that nothing but a person's word could prove dead", async () => {
    await using bench = await appliedBench();
    const simulated = labYaml.replaceAll(/name: hv[12]\n/gu, "$&bmc: {agent: simulated}\n");
    await bench.write("lab.yaml", simulated);
    await bench.keel("apply -y");
    assert.deepEqual(((await bench.data("status")) as StatusReport).unprovable, ["hv3"]);
    await bench.write("lab.yaml", simulated.replace("name: lab\n", "name: lab\nfencing: {methods: []}\n"));
    await bench.keel("apply -y");
    assert.deepEqual(((await bench.data("status")) as StatusReport).unprovable, ["hv1", "hv2", "hv3"]);
  });
});
