import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { KeelProcess } from "../../support/keel-process.ts";
import { temporaryFolder } from "../run-keel.ts";

/** A process of `keel` that is gone after the test. */
function started(test: TestContext, root: string, args: readonly string[]): KeelProcess {
  const keel = new KeelProcess({ args, state: join(root, "state") });
  test.after(() => keel.end("SIGKILL"));
  keel.start();
  return keel;
}

describe("keel reconciler --source", () => {
  it("is refused beside another one, and takes over from its own killed life", async (test) => {
    const root = await temporaryFolder(test);
    for (const name of ["cluster.d", "other.d"]) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, "lab.yaml"), "kind: Cluster\nname: lab\n");
    }
    const socket = join(root, "store.sock");
    started(test, root, ["store", "serve", "--directory", join(root, "store"), "--socket", socket]);
    const watch = (folder: string) =>
      started(test, root, [
        ...["--store", `unix:${socket}`, "--cluster", "lab"],
        ...["reconciler", "--source", join(root, folder)],
      ]);

    const first = watch("cluster.d");
    await first.says("the folder is watched");
    const second = watch("other.d");
    await second.says("cluster.d already, and one folder edits a cluster");

    await first.end("SIGKILL");
    const next = watch("cluster.d");
    await next.says("waiting for the end of the former watcher's lease");
    await next.says("the folder is watched");
    assert.equal(next.runs, true);
  });
});
