import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { KeelProcess } from "../../support/keel-process.ts";

/** Processes of `keel` in a folder of their own. After the test they are gone, and then the folder is. */
async function lab(test: TestContext) {
  const root = await mkdtemp(join(tmpdir(), "keel-"));
  const all: KeelProcess[] = [];
  test.after(async () => {
    await Promise.all(all.map((keel) => keel.end("SIGKILL")));
    await rm(root, { recursive: true });
  });
  const start = (args: readonly string[]): KeelProcess => {
    const keel = new KeelProcess({ args, state: join(root, "state") });
    all.push(keel);
    keel.start();
    return keel;
  };
  return { root, start };
}

describe("keel reconciler --source", () => {
  it("is refused beside another one, and takes over from its own killed life", async (test) => {
    const { root, start } = await lab(test);
    for (const name of ["cluster.d", "other.d"]) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, "lab.yaml"), "kind: Cluster\nname: lab\n");
    }
    const socket = join(root, "store.sock");
    start(["store", "serve", "--directory", join(root, "store"), "--socket", socket]);
    const watch = (folder: string) =>
      start([
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
