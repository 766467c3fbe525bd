import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { CoreState } from "../../../../reconciler/store/core/store-core.ts";
import { ByteWriter } from "../../../../reconciler/store/embedded/byte-buffer.ts";
import { encodeFrame, readFrames } from "../../../../reconciler/store/embedded/frame.ts";
import { createLog } from "../../../../reconciler/store/embedded/log-file.ts";
import { StoreDamagedError } from "../../../../reconciler/store/embedded/store-damaged-error.ts";
import { knowledge, openStore, put, temporaryDirectory } from "./store-files.ts";

/** Writes a little history, each part acknowledged; returns what was known after each acknowledgement. */
async function writeHistory(
  directory: string,
): Promise<{ readonly log: string; readonly states: readonly CoreState[] }> {
  const { core, journal, log } = await openStore(directory);
  const states: CoreState[] = [];
  const acknowledged = async (): Promise<void> => {
    await journal.flushed();
    states.push(knowledge(core));
  };
  put(core, "/a", "1");
  await acknowledged();
  const lease = core.grant(5_000);
  put(core, "/leased", "\xff\0", lease.id);
  await acknowledged();
  core.revoke(core.grant(7_000).id);
  core.transact({
    conditions: [],
    success: [{ kind: "delete", range: { start: "/a", end: null } }],
    failure: [],
  });
  put(core, "/b", "x".repeat(40));
  await acknowledged();
  await journal.close();
  return { log: log.path, states };
}

async function known(directory: string): Promise<CoreState> {
  const { core, journal } = await openStore(directory);
  await journal.close();
  return knowledge(core);
}

/** Where the frame that was written last begins. */
async function lastFrameAt(test: TestContext, log: string): Promise<number> {
  const copy = await temporaryDirectory(test);
  await copyFile(log, join(copy, "log-00000001"));
  const bytes = await readFile(log);
  await writeFile(join(copy, "log-00000001"), bytes.subarray(0, -1));
  const { cut, journal } = await openStore(copy);
  await journal.close();
  return cut?.offset ?? assert.fail("nothing was cut");
}

describe("recovery of the embedded store", () => {
  it("begins a new store in an empty folder, and keeps its id", async (test) => {
    const directory = join(await temporaryDirectory(test), "new");
    await mkdir(directory);
    const first = await openStore(directory);
    assert.equal(first.core.revision, 1);
    await first.journal.close();
    const second = await openStore(directory);
    assert.equal(second.storeId, first.storeId);
    await second.journal.close();
  });

  it("knows after a restart all that was acknowledged", async (test) => {
    const directory = await temporaryDirectory(test);
    const { states } = await writeHistory(directory);
    assert.deepEqual(await known(directory), states.at(-1));
  });

  it("gives every lease its full time again", async (test) => {
    const directory = await temporaryDirectory(test);
    const first = await openStore(directory);
    const lease = first.core.grant(5_000);
    put(first.core, "/leased", "", lease.id);
    await first.clock.advance(4_900);
    await first.journal.close();
    const second = await openStore(directory);
    assert.equal(second.core.findLease(lease.id)?.remainingMs, 5_000);
    await second.clock.advance(4_999);
    assert.equal(second.core.size, 1);
    await second.clock.advance(1);
    assert.equal(second.core.size, 0);
    await second.journal.close();
  });

  it("cuts off a write that was interrupted at any byte, says so, and goes on", async (test) => {
    const directory = await temporaryDirectory(test);
    const { log, states } = await writeHistory(directory);
    const bytes = await readFile(log);
    const start = await lastFrameAt(test, log);
    for (let length = start + 1; length < bytes.length; length += 1) {
      await writeFile(log, bytes.subarray(0, length));
      const { core, cut, journal } = await openStore(directory);
      assert.deepEqual(cut, { file: log, offset: start, bytes: length - start });
      assert.deepEqual(knowledge(core), states.at(-2));
      assert.equal((await stat(log)).size, start);
      put(core, "/later", "1");
      await journal.close();
      assert.deepEqual(await known(directory), knowledge(core));
    }
  });

  it("refuses a log of which any byte is another, names file and byte, and leaves it as it is", async (test) => {
    const directory = await temporaryDirectory(test);
    const { log } = await writeHistory(directory);
    const bytes = await readFile(log);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x20;
      await writeFile(log, flipped);
      await assert.rejects(openStore(directory), (error) => {
        assert.ok(error instanceof Error && error.message.includes(log), String(error));
        assert.ok(!(error instanceof StoreDamagedError) || error.offset <= at);
        return true;
      });
      assert.deepEqual(await readFile(log), flipped);
    }
  });

  it("goes on where history before the snapshot was forgotten after it", async (test) => {
    const directory = await temporaryDirectory(test);
    const { core, journal } = await openStore(directory, { maxLogBytes: 100 });
    for (let n = 0; n < 5; n += 1) {
      put(core, "/a", "x".repeat(100));
      await journal.flushed();
    }
    core.compact(2);
    await journal.close();
    assert.ok((await readdir(directory)).some((name) => name.startsWith("snapshot-")));
    assert.deepEqual(await known(directory), knowledge(core));
  });

  it("says what may be done about damage", async (test) => {
    const directory = await temporaryDirectory(test);
    const { log } = await writeHistory(directory);
    const bytes = await readFile(log);
    const start = await lastFrameAt(test, log);
    bytes[start + 20] = (bytes[start + 20] ?? 0) ^ 1;
    await writeFile(log, bytes);
    await assert.rejects(openStore(directory), {
      name: "StoreDamagedError",
      message: new RegExp(`${log}, byte ${start}: .*Nothing was changed\\..*truncate -s ${start} '${log}'`),
    });
  });

  it("reads a log whose header does not yet say with what it begins", async (test) => {
    const directory = await temporaryDirectory(test);
    const { log, states } = await writeHistory(directory);
    const bytes = await readFile(log);
    const { frames } = readFrames(bytes, bytes.indexOf("\n") + 1);
    const header = new ByteWriter().bytes("42").number(1).finish();
    const line = bytes.subarray(0, bytes.indexOf("\n") + 1);
    const older = [header, ...frames.slice(1).map(({ payload }) => payload)].map(encodeFrame);
    await writeFile(log, Buffer.concat([line, ...older]));
    assert.deepEqual(await known(directory), states.at(-1));
  });

  it("refuses a log of a newer format, and says so", async (test) => {
    const directory = await temporaryDirectory(test);
    const { log } = await writeHistory(directory);
    const bytes = await readFile(log);
    await writeFile(log, bytes.toString("latin1").replace("format 1", "format 2"), "latin1");
    await assert.rejects(openStore(directory), { message: /has format 2; this version reads format 1/ });
  });

  it("refuses a folder in which a file is missing, or is another store's", async (test) => {
    const own = await temporaryDirectory(test);
    const { core, journal } = await openStore(own, { maxLogBytes: 100 });
    for (let n = 0; n < 20; n += 1) {
      put(core, `/${n}`, "x".repeat(100));
      await journal.flushed();
    }
    await journal.close();
    const names = await readdir(own);
    const log = names.find((name) => name.startsWith("log-")) ?? assert.fail("no log");
    const snapshot = names.find((name) => name.startsWith("snapshot-")) ?? assert.fail("no snapshot");
    const kept = await readFile(join(own, log));

    await (
      await createLog(join(own, log), { storeId: "43", sequence: 1, revision: 1, previousBytes: 0 })
    ).close();
    await assert.rejects(openStore(own), {
      name: "StoreDamagedError",
      message: /belongs to another store \(43/,
    });
    await rm(join(own, log));
    await assert.rejects(openStore(own), {
      name: "StoreDamagedError",
      message: /is needed, but cannot be read/,
    });
    await writeFile(join(own, log), kept);
    await rm(join(own, snapshot));
    await assert.rejects(openStore(own), { name: "StoreDamagedError", message: /log-00000001.*is needed/ });
  });
});
