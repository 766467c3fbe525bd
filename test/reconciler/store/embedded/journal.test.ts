import assert from "node:assert/strict";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { slowJournal, turns } from "./slow-journal.ts";
import { knowledge, openStore, put, temporaryDirectory } from "./store-files.ts";

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  promise.then(settle, settle);
  await turns();
  return settled;
}

describe("the journal", () => {
  it("acknowledges nothing before it is on the disk", async () => {
    const { core, log, journal } = slowJournal();
    put(core, "/a", "1");
    const flushed = journal.flushed();
    assert.equal(await isSettled(flushed), false);
    assert.equal(journal.durableRevision, 1);
    log.writes[0]?.end();
    await flushed;
    assert.equal(journal.durableRevision, 2);
  });

  it("writes all that comes in during one write as the next one", async () => {
    const { core, log, journal } = slowJournal();
    put(core, "/a", "1");
    await turns();
    const later = Array.from({ length: 50 }, (_, n) => {
      put(core, `/${n}`, "1");
      return journal.flushed();
    });
    await turns();
    assert.equal(log.writes.length, 1);
    log.writes[0]?.end();
    assert.equal(await isSettled(Promise.all(later)), false);
    assert.equal(log.writes.length, 2);
    log.writes[1]?.end();
    await Promise.all(later);
    assert.equal(journal.durableRevision, core.revision);
  });

  it("is flushed at once where nothing was written", async () => {
    await slowJournal().journal.flushed();
  });

  it("fails what waits, and all that comes, when the disk fails, and tells it once", async () => {
    const { core, log, journal, failures } = slowJournal();
    put(core, "/a", "1");
    const first = journal.flushed();
    await turns();
    put(core, "/b", "1");
    const second = journal.flushed();
    log.writes[0]?.end(new Error("no space left on device"));
    for (const flushed of [first, second])
      await assert.rejects(flushed, /cannot write: no space left on device/);
    await assert.rejects(journal.flushed(), /has stopped; mend the disk/);
    assert.equal(failures.length, 1);
    assert.equal(journal.durableRevision, 1);
    await journal.close();
  });

  it("replaces a long log by a snapshot and a new log, and keeps the disk bounded", async (test) => {
    const directory = await temporaryDirectory(test);
    const { core, journal } = await openStore(directory, { maxLogBytes: 10_000 });
    let most = 0;
    for (let n = 0; n < 400; n += 1) {
      put(core, `/${n % 10}`, String(n).repeat(100));
      await journal.flushed();
      most = Math.max(most, (await readdir(directory)).length);
    }
    await journal.close();
    const names = (await readdir(directory)).sort();
    assert.equal(names.length, 2);
    assert.ok(Number(names[0]?.slice("log-".length)) > 4, `there is ${names.join(" and ")}`);
    assert.ok(most <= 5, `${most} files at once`);
    for (const name of names) {
      const { size, mode } = await stat(join(directory, name));
      assert.ok(size < 15_000, `${name} has ${size} bytes`);
      assert.equal(mode & 0o777, 0o600);
    }
    const again = await openStore(directory);
    assert.deepEqual(knowledge(again.core), knowledge(core));
    await again.journal.close();
  });

  it("knows the same after a stop at any moment of such a replacement", async (test) => {
    const directory = await temporaryDirectory(test);
    const { core, journal } = await openStore(directory, { maxLogBytes: 500 });
    const seen = new Set<string>();
    for (let n = 0; n < 60; n += 1) {
      put(core, `/${n % 7}`, "x".repeat(n));
      const state = knowledge(core);
      await journal.flushed();
      const copy = await temporaryDirectory(test);
      const names = await copyAll(directory, copy);
      seen.add(names.map((name) => name.replace(/\d+/, "")).join(" "));
      const again = await openStore(copy);
      assert.deepEqual(knowledge(again.core), state, `with ${names.join(" ")}`);
      await again.journal.close();
    }
    await journal.close();
    assert.ok(seen.size >= 2, [...seen].join(" | "));
  });

  it("replays to what the core knew, whatever it was asked", async (test) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const directory = await temporaryDirectory(test);
        const { core, journal } = await openStore(directory, { maxLogBytes: 200 });
        for (const one of steps) {
          carryOut(one, core);
          if (one.do === "revoke") await journal.flushed();
        }
        await journal.close();
        const again = await openStore(directory);
        assert.deepEqual(knowledge(again.core), knowledge(core));
        await again.journal.close();
      }),
      { numRuns: 40 },
    );
  });
});

const key = fc.constantFrom("a", "b", "c");
const step = fc.oneof(
  fc.record({ do: fc.constant("put" as const), key, value: fc.string({ maxLength: 20 }) }),
  fc.record({ do: fc.constant("lease" as const), key }),
  fc.record({ do: fc.constant("delete" as const), key }),
  fc.record({ do: fc.constant("revoke" as const) }),
  fc.record({ do: fc.constant("compact" as const), back: fc.nat(5) }),
);

function carryOut(one: typeof step extends fc.Arbitrary<infer T> ? T : never, core: StoreCore): void {
  switch (one.do) {
    case "put":
      put(core, one.key, one.value);
      return;
    case "lease":
      put(core, one.key, "", core.grant(1000).id);
      return;
    case "delete":
      core.transact({
        conditions: [],
        success: [{ kind: "delete", range: { start: one.key, end: null } }],
        failure: [],
      });
      return;
    case "revoke": {
      const last = core.leases().at(-1);
      if (last !== undefined) core.revoke(last.id);
      return;
    }
    case "compact": {
      const revision = core.revision - one.back;
      if (revision > core.compacted) core.compact(revision);
    }
  }
}

/** Copies a folder as it stands at one moment; returns the names. */
async function copyAll(from: string, to: string): Promise<readonly string[]> {
  for (;;) {
    const names = (await readdir(from)).sort();
    const contents = await Promise.all(names.map((name) => readFile(join(from, name)).catch(() => null)));
    const after = (await readdir(from)).sort();
    if (names.join() !== after.join() || contents.includes(null)) continue;
    for (const [index, name] of names.entries()) await writeFile(join(to, name), contents[index] ?? "");
    return names;
  }
}
