/** However long a store is written to, it takes what its keys take, and a bounded past. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { describe, it } from "node:test";
import { keysWithPrefix } from "../../../../reconciler/store/core/key-range.ts";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { slowJournal } from "./slow-journal.ts";
import { filesIn, knowledge, openStore, put, temporaryDirectory } from "./store-files.ts";

async function bytesIn(directory: string): Promise<number> {
  return [...(await filesIn(directory)).values()].reduce((sum, { length }) => sum + length, 0);
}

describe("the growth of the embedded store", { timeout: 60_000 }, () => {
  it("is bounded on disk while the same keys are written over and over", async (test) => {
    const directory = await temporaryDirectory(test);
    const maxLogBytes = 1_000_000;
    const { core, journal } = await openStore(directory, { maxLogBytes });
    let most = 0;
    let written = 0;
    for (let batch = 0; batch < 300; batch += 1) {
      for (let n = 0; n < 10; n += 1) put(core, `/key/${n}`, String(batch).repeat(3_000));
      written += 10 * String(batch).length * 3_000;
      await journal.flushed();
      if (batch % 10 === 0) most = Math.max(most, await bytesIn(directory).catch(() => 0));
    }
    await journal.close();
    assert.ok(written > 20_000_000);
    // Two logs while one is replaced, each a batch longer than allowed at most, and two snapshots of 90 kB.
    assert.ok(most > maxLogBytes / 2 && most < 2 * maxLogBytes + 500_000, `${most} bytes`);
    assert.ok(core.bytes < 100_000);
  });

  it("is bounded in memory by what may be kept of the past", () => {
    const core = new StoreCore({ clock: new FakeClock(), history: { revisions: 100, bytes: 50_000 } });
    for (let n = 0; n < 1_000; n += 1) put(core, "/key", "x".repeat(n % 500));
    assert.ok(core.compacted >= core.revision - 100);
    const kept = core.changesSince(core.compacted, keysWithPrefix(""), core.revision, 1e9);
    assert.ok(!kept.compacted && kept.changes.length > 10);
    const bytes = kept.changes.reduce((sum, { before, after }) => {
      return sum + (before?.value.length ?? 0) + (after?.value.length ?? 0);
    }, 0);
    assert.ok(bytes <= 50_000, `${bytes} bytes`);
    assert.equal(core.bytes, 64 + "/key".length + 499);
  });

  it("is taken back at once where that is asked", async (test) => {
    const directory = await temporaryDirectory(test);
    const { core, journal } = await openStore(directory);
    for (let n = 0; n < 100; n += 1) put(core, "/key", "x".repeat(1_000));
    await journal.flushed();
    assert.ok((await bytesIn(directory)) > 100_000);
    await Promise.all([journal.rewrite(), journal.rewrite()]);
    assert.ok((await bytesIn(directory)) < 2_000);
    assert.equal((await filesIn(directory)).size, 2);
    await journal.close();
    const again = await openStore(directory);
    assert.deepEqual(knowledge(again.core), knowledge(core));
    await again.journal.close();
  });

  it("is taken back while it is written to, and nothing of that is lost", async (test) => {
    const directory = await temporaryDirectory(test);
    const { core, journal } = await openStore(directory);
    const rewritten = Array.from({ length: 3 }, () => false);
    for (const turn of rewritten.keys()) {
      void journal.rewrite().then(() => {
        rewritten[turn] = true;
      });
      for (let n = 0; rewritten[turn] === false; n += 1) {
        put(core, `/key/${n % 20}`, `${turn}-${n}`);
        await setImmediate();
      }
    }
    await journal.close();
    const again = await openStore(directory);
    assert.deepEqual(knowledge(again.core), knowledge(core));
    assert.equal(again.sequence, 4);
    await again.journal.close();
  });

  it("is not taken back where the disk has failed, or the store is closed", async () => {
    const broken = slowJournal();
    await assert.rejects(broken.journal.rewrite(), /cannot write: ENOENT/);
    await assert.rejects(broken.journal.rewrite(), /cannot write: ENOENT/);
    await broken.journal.close();
    const closed = slowJournal();
    await closed.journal.close();
    await assert.rejects(closed.journal.rewrite(), /the store is closed/);
  });
});
