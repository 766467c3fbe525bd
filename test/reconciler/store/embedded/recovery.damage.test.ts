/** Files that are not as they were written: each is refused, or read as what was acknowledged before the damage. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { CoreState } from "../../../../reconciler/store/core/store-core.ts";
import { StoreDamagedError } from "../../../../reconciler/store/embedded/store-damaged-error.ts";
import { filesIn, knowledge, openStore, put } from "./store-files.ts";

type Files = ReadonlyMap<string, Buffer>;

const snapshot = "snapshot-00000002";
const middle = "log-00000002";
const end = "log-00000003";

describe("damage to the embedded store's files", { timeout: 60_000 }, () => {
  /** As a folder stands while a log is replaced: a snapshot, the log after it, the next log. */
  let files: Files = new Map();
  /** What was known after each acknowledged write that the last log holds, beginning with none of them. */
  const states: CoreState[] = [];
  let directory = "";

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "keel-store-"));
    const { core, journal } = await openStore(directory);
    const write = async (n: number): Promise<void> => {
      put(core, `/key/${n}`, "x".repeat(n * 20), n % 2 === 0 ? core.grant(5_000).id : "0");
      await journal.flushed();
    };
    for (let n = 0; n < 4; n += 1) await write(n);
    await journal.rewrite();
    for (let n = 2; n < 6; n += 1) await write(n);
    const before = await filesIn(directory);
    states.push(knowledge(core));
    await journal.rewrite();
    for (let n = 5; n < 8; n += 1) {
      await write(n);
      states.push(knowledge(core));
    }
    await journal.close();
    files = new Map([...before, [end, (await filesIn(directory)).get(end) ?? Buffer.alloc(0)]]);
    assert.deepEqual([...files.keys()], [middle, snapshot, end]);
  });

  after(() => rm(directory, { recursive: true, force: true }));

  const lay = async (changed: Files): Promise<void> => {
    for (const name of (await filesIn(directory)).keys()) await rm(join(directory, name));
    for (const [name, content] of changed) await writeFile(join(directory, name), content);
  };

  const refuses = async (changed: Files, about: string): Promise<void> => {
    await lay(changed);
    await assert.rejects(openStore(directory), (error) => {
      assert.ok(error instanceof Error, about);
      if (error instanceof StoreDamagedError)
        assert.match(error.message, /Nothing was changed\..*backup/, about);
      else assert.match(error.message, /has format \d+; this version reads format 1/, about);
      return true;
    });
    assert.deepEqual(await filesIn(directory), changed, about);
  };

  const file = (name: string): Buffer => files.get(name) ?? assert.fail(`no ${name}`);

  it("is none where nothing is damaged", async () => {
    await lay(files);
    const { core, cut, journal } = await openStore(directory);
    assert.equal(cut, null);
    assert.deepEqual(knowledge(core), states.at(-1));
    await journal.close();
  });

  for (const name of [snapshot, middle, end]) {
    it(`is refused where any byte of ${name} is another`, async () => {
      for (let at = 0; at < file(name).length; at += 1) {
        const flipped = Buffer.from(file(name));
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
        await refuses(new Map([...files, [name, flipped]]), `${name}, byte ${at}`);
      }
    });
  }

  for (const name of [snapshot, middle]) {
    it(`is refused where ${name} is shorter, by any number of bytes or whole records`, async () => {
      for (let length = 0; length < file(name).length; length += 1) {
        const shorter = file(name).subarray(0, length);
        await refuses(new Map([...files, [name, shorter]]), `${name}, ${length} bytes`);
      }
    });

    it(`is refused where ${name} is missing`, async () => {
      await refuses(new Map([...files].filter(([other]) => other !== name)), name);
    });
  }

  it("is told as an interrupted write where the last log ends in a record, and all before that is there", async () => {
    const ends = new Set<number>();
    for (let length = 1; length < file(end).length; length += 1) {
      const shorter = new Map([...files, [end, file(end).subarray(0, length)]]);
      await lay(shorter);
      const opened = await openStore(directory).catch((error: unknown) => error);
      if (opened instanceof Error) {
        // Only a file whose header is not whole: it got its name when it was.
        assert.ok(opened instanceof StoreDamagedError && ends.size === 0, `${length}: ${opened.message}`);
        assert.deepEqual(await filesIn(directory), shorter);
        continue;
      }
      const { core, cut, journal } = opened as Awaited<ReturnType<typeof openStore>>;
      await journal.close();
      if (cut === null) ends.add(length);
      assert.deepEqual(knowledge(core), states[ends.size - 1], `${length} bytes`);
    }
    assert.equal(ends.size, states.length - 1);
  });

  it("is refused where a log is another's of the same store", async () => {
    await refuses(new Map([...files, [end, Buffer.from(file(middle))]]), "the log before it, again");
    const other = await otherHistory();
    await refuses(new Map([...files, [end, other.get(end) ?? Buffer.alloc(0)]]), "a log of another time");
  });

  /** The same store, had it been told other things. */
  async function otherHistory(): Promise<Files> {
    await lay(new Map());
    const { core, journal } = await openStore(directory);
    put(core, "/other", "");
    await journal.flushed();
    await journal.rewrite();
    put(core, "/other", "1");
    await journal.rewrite();
    await journal.close();
    return filesIn(directory);
  }
});
