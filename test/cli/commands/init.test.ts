import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { exitCodes } from "../../../reconciler/model/errors.ts";
import { runKeel, temporaryFolder } from "../run-keel.ts";

describe("keel init", () => {
  it("writes a cluster.d that is valid as it is", async (test) => {
    const cwd = await temporaryFolder(test);
    assert.equal((await runKeel(["init"], { cwd })).exit, exitCodes.ok);
    const { exit, err } = await runKeel(["validate"], { cwd });
    assert.deepEqual([exit, err], [exitCodes.ok, ""]);
  });

  it("names the cluster after the folder that holds it", async (test) => {
    const cwd = await temporaryFolder(test);
    const { out } = await runKeel(["init", "Berlin/cluster.d"], { cwd });
    assert.match(out, /keel up --dir Berlin\/cluster\.d/);
    assert.match(await readFile(join(cwd, "Berlin/cluster.d/cluster.yaml"), "utf8"), /^name: berlin$/m);
  });

  it("touches nothing that is there", async (test) => {
    const cwd = await temporaryFolder(test);
    await mkdir(join(cwd, "cluster.d"));
    await writeFile(join(cwd, "cluster.d", "mine.yaml"), "kind: Node\nname: hv1\n");
    const { exit, err } = await runKeel(["init"], { cwd });
    assert.equal(exit, exitCodes.error);
    assert.match(err, /there is something in it/);
    assert.deepEqual(await readdir(join(cwd, "cluster.d")), ["mine.yaml"]);
  });
});
