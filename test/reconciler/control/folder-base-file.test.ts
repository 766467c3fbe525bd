import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { readFolderBases, writeFolderBases } from "../../../reconciler/control/folder-base-file.ts";
import { isIgnoredName } from "../../../reconciler/desired/load/ignored-names.ts";
import { temporaryFolder } from "../../cli/run-keel.ts";

const base = { cluster: "lab", generation: 7, digest: "d7" };

async function clusterFolder(test: TestContext): Promise<{ root: string; directory: string }> {
  const root = await temporaryFolder(test);
  const directory = join(root, "cluster.d");
  await mkdir(directory);
  return { root, directory };
}

describe("a folder's base on disk", () => {
  it("is in the folder under a name that is no part of the desired state", async (test) => {
    const { directory } = await clusterFolder(test);
    assert.deepEqual(await readFolderBases(directory), []);
    await writeFolderBases(directory, [base]);
    const names = await readdir(directory);
    assert.deepEqual(names, [".keel-base.json"]);
    assert.ok(names.every(isIgnoredName));
    assert.deepEqual(await readFolderBases(directory), [base]);
  });

  it("is in the state folder beside it, where there is one", async (test) => {
    const { root, directory } = await clusterFolder(test);
    await writeFolderBases(directory, [base]);
    await mkdir(join(root, ".keel"));
    assert.equal((await readFolderBases(directory))[0]?.generation, 7);
    await writeFolderBases(directory, [{ ...base, generation: 8 }]);
    assert.deepEqual(await readdir(join(root, ".keel")), ["base-cluster.d.json"]);
    assert.equal((await readFolderBases(directory))[0]?.generation, 8);
  });

  it("tells nothing where it is damaged", async (test) => {
    const { directory } = await clusterFolder(test);
    for (const text of [
      "",
      "{",
      "null",
      "{}",
      '{"formatVersion":2,"bases":[]}',
      '{"formatVersion":1,"bases":[{"cluster":"lab","generation":1}]}',
    ]) {
      await writeFile(join(directory, ".keel-base.json"), text);
      assert.deepEqual(await readFolderBases(directory), []);
    }
  });

  it("says why it cannot be written, and leaves nothing behind", async (test) => {
    const { root, directory } = await clusterFolder(test);
    await assert.rejects(writeFolderBases(join(root, "gone"), [base]), /ENOENT/);
    await mkdir(join(directory, ".keel-base.json"));
    await assert.rejects(writeFolderBases(directory, [base]), /EISDIR|ENOTEMPTY|EEXIST/);
    assert.deepEqual(await readdir(directory), [".keel-base.json"]);
  });
});
