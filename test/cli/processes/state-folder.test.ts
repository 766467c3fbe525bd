import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { leaveStateFolder, prepareStateFolder } from "../../../cli/processes/state-folder.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { temporaryFolder } from "../run-keel.ts";

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe("prepareStateFolder", () => {
  it("makes a folder beside the desired state that nobody else may look into, and git does not see", async (test) => {
    const root = await temporaryFolder(test);
    mkdirSync(join(root, ".keel"), { mode: 0o755 });
    const folder = prepareStateFolder(join(root, "cluster.d"), {});
    assert.equal(folder.root, join(root, ".keel"));
    for (const path of [folder.root, folder.sockets, folder.logs, folder.run, folder.nodes])
      assert.equal(modeOf(path), "700");
    assert.equal(readFileSync(join(folder.root, ".gitignore"), "utf8"), "*\n");
    leaveStateFolder(folder);
  });

  it("keeps sockets where their paths are short enough, and the volumes in .keel all the same", async (test) => {
    const deep = join(await temporaryFolder(test), "a-folder-with-a-rather-long-name", "and-another-one");
    mkdirSync(deep, { recursive: true });
    const prepare = () => prepareStateFolder(join(deep, "cluster.d"), {});
    const folder = prepare();
    assert.notEqual(dirname(folder.sockets), folder.root);
    assert.ok(Buffer.byteLength(join(folder.sockets, `${"n".repeat(63)}.sock`)) <= 107);
    assert.equal(modeOf(folder.sockets), "700");
    assert.equal(realpathSync(join(folder.sockets, "volumes")), realpathSync(join(folder.root, "volumes")));
    assert.equal(prepare().sockets, folder.sockets, "it is found again");
    leaveStateFolder(folder);
    assert.equal(existsSync(folder.sockets), false);
    assert.equal(existsSync(join(folder.root, "volumes")), true);
  });

  it("says what is in the way", async (test) => {
    const root = await temporaryFolder(test);
    writeFileSync(join(root, ".keel"), "");
    const isRefusal = (error: unknown) =>
      error instanceof KeelError && error.code === "failed" && error.message.includes(".keel");
    assert.throws(() => prepareStateFolder(join(root, "cluster.d"), {}), isRefusal);
  });
});
