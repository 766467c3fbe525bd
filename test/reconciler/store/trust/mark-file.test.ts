import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { KeelError } from "../../../../reconciler/model/errors.ts";
import type { StoreMark } from "../../../../reconciler/model/store-record.ts";
import { openMarkFile } from "../../../../reconciler/store/trust/mark-file.ts";

async function folderOf(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "keel-mark-"));
  test.after(() => rm(folder, { recursive: true }));
  return folder;
}

describe("openMarkFile", () => {
  const mark: StoreMark = { storeId: "18446744073709551615", counter: 2, revision: 77, epoch: 3 };

  it("keeps a mark for each part of each cluster, for its owner alone", async (test) => {
    const folder = join(await folderOf(test), "new", "state");
    const file = await openMarkFile(folder, "lab", "agent-hv1");
    assert.equal(await file.read(), null);
    await file.write({ ...mark, revision: 1 });
    await file.write(mark);
    const again = await openMarkFile(folder, "lab", "agent-hv1");
    assert.deepEqual(await again.read(), mark);
    assert.equal(await (await openMarkFile(folder, "lab2", "agent-hv1")).read(), null);
    assert.ok((await readdir(folder)).includes("lab-agent-hv1.mark"));
    assert.equal((await stat(join(folder, "lab-agent-hv1.mark"))).mode & 0o777, 0o600);
  });

  it("says so at once where it cannot remember, or cannot read what it remembered", async (test) => {
    const folder = await folderOf(test);
    await writeFile(join(folder, "file"), "");
    await writeFile(join(folder, "lab-r1.mark"), "torn");
    const attempts = [openMarkFile(join(folder, "file"), "lab", "r1"), openMarkFile(folder, "lab", "r1")];
    for (const attempt of attempts) {
      await assert.rejects(attempt, (error) => error instanceof KeelError && error.code === "state-folder");
    }
  });
});
