import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ValidateReport } from "../../../cli/commands/validate.ts";
import { Bench } from "../bench.ts";
import { labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

describe("keel validate", () => {
  it("says what the folder defines, and shows every error and warning with its place", async () => {
    await using bench = await Bench.open({ reconciler: false });
    await writeSmallCluster(bench);
    const valid = await bench.keel("validate");
    await bench.write("lab.yaml", labYaml.replace("name: lab\n", "name: lab\nmaintenance: true\n"));
    const warned = await bench.keel("validate");
    await bench.write("web.yaml", webYaml.replace("name: web2", "name: web1").replace("servers", "server"));
    const invalid = await bench.keel("validate");
    assertTranscript("validate", valid, warned, invalid);
  });

  it("needs no store", async () => {
    await using bench = await Bench.open({ reconciler: false });
    await writeSmallCluster(bench);
    assert.equal((await bench.keel("validate", { storeless: true })).exit, 0);
  });

  it("exits with 5 where the folder is not there", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const { out, exit } = await bench.keel("validate --dir nowhere");
    assert.match(out, /^nowhere is not valid: 1 error\.$/m);
    assert.equal(exit, 5);
  });

  it("tells programs the same", async () => {
    await using bench = await Bench.open({ reconciler: false });
    await bench.write("web.yaml", webYaml);
    const { out, exit } = await bench.keel("validate -o json");
    const report = JSON.parse(out) as ValidateReport;
    assert.equal(exit, 5);
    assert.equal(report.ok, false);
    assert.equal(report.readable, true);
    assert.deepEqual(
      report.issues.map(({ code, file, line }) => [code, file, line]),
      [
        ["ref.dangling", "web.yaml", 3],
        ["ref.dangling", "web.yaml", 6],
        ["ref.dangling", "web.yaml", 11],
        ["ref.dangling", "web.yaml", 14],
      ],
    );
  });
});
