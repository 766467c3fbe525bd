import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { verifyDirectory } from "../../../../reconciler/store/embedded/verify-directory.ts";
import { lockDirectory } from "../../../../reconciler/store/embedded/directory-lock.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { filesIn, openStore, put, temporaryDirectory } from "./store-files.ts";

const log = "log-00000001";

/** A store with three keys, one of them leased, in one log. */
async function storeIn(directory: string): Promise<Buffer> {
  const { core, journal } = await openStore(directory);
  put(core, "/a", "1");
  put(core, "/b", "1", core.grant(5_000).id);
  await journal.flushed();
  put(core, "/c", "1");
  await journal.close();
  return (await filesIn(directory)).get(log) ?? assert.fail("no log");
}

describe("the verification of a store's folder", () => {
  it("tells what a sound store holds", async (test) => {
    const directory = await temporaryDirectory(test);
    const { length: bytes } = await storeIn(directory);
    const found = {
      kind: "sound",
      format: 1,
      storeId: "42",
      revision: 4,
      keys: 3,
      leases: 1,
      bytes,
      cut: null,
    };
    assert.deepEqual(await verifyDirectory(directory, new FakeClock()), found);
  });

  it("tells of the end of an interrupted write, and of files that never got their name, and leaves them", async (test) => {
    const directory = await temporaryDirectory(test);
    const content = await storeIn(directory);
    await writeFile(join(directory, log), content.subarray(0, -1));
    await writeFile(join(directory, "snapshot-00000002.new"), "");
    const before = await filesIn(directory);
    const found = await verifyDirectory(directory, new FakeClock());
    assert.ok(found.kind === "sound");
    assert.equal(found.keys, 2);
    assert.equal(found.cut?.file, join(directory, log));
    assert.equal(found.cut.offset + found.cut.bytes, content.length - 1);
    assert.deepEqual(await filesIn(directory), before);
  });

  it("tells where a store is damaged, and what may be done", async (test) => {
    const directory = await temporaryDirectory(test);
    const content = await storeIn(directory);
    content[content.length - 1] = 0xff;
    await writeFile(join(directory, log), content);
    const found = await verifyDirectory(directory, new FakeClock());
    assert.ok(found.kind === "damaged");
    assert.equal(found.file, join(directory, log));
    assert.match(found.message, /Nothing was changed\..*truncate -s/);
    assert.deepEqual((await filesIn(directory)).get(log), content);
  });

  it("tells that a folder has no store, or that a server has it open", async (test) => {
    const directory = await temporaryDirectory(test);
    assert.deepEqual(await verifyDirectory(directory, new FakeClock()), { kind: "empty" });
    const unlock = await lockDirectory(directory);
    assert.deepEqual(await verifyDirectory(directory, new FakeClock()), { kind: "in-use", pid: process.pid });
    await unlock();
  });

  it("fails where the folder cannot be read, or another version wrote it", async (test) => {
    const directory = await temporaryDirectory(test);
    await assert.rejects(verifyDirectory(join(directory, "none"), new FakeClock()), /ENOENT/);
    const content = await storeIn(directory);
    await writeFile(
      join(directory, log),
      content.toString("latin1").replace("format 1", "format 2"),
      "latin1",
    );
    await assert.rejects(verifyDirectory(directory, new FakeClock()), /has format 2; this version reads/);
  });
});
