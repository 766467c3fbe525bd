import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { KeyView } from "../../agent/key-view.ts";
import { type Log, silentLog } from "../../reconciler/runtime/log.ts";
import { encode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Wire } from "./support/wire.ts";

interface Note {
  readonly text: string;
}

describe("KeyView", () => {
  let clock: FakeClock;
  let core: StoreCore;
  let store: MemoryStore;
  let wire: Wire;
  let stop: AbortController;
  let changes: string[];
  let errors: string[];
  let view: KeyView<Note>;
  let running: Promise<unknown>;

  beforeEach(() => {
    clock = new FakeClock();
    core = new StoreCore({ clock });
    wire = new Wire();
    store = new MemoryStore({ core, clock });
    stop = new AbortController();
    changes = [];
    errors = [];
    const log: Log = { ...silentLog, error: (message) => errors.push(message) };
    view = new KeyView<Note>({
      store: new MemoryStore({ core, clock, link: wire }),
      prefix: "notes/",
      clock,
      log,
      onChange: (changed) => {
        for (const { before, after } of changed) {
          changes.push(`${before?.value.text ?? "-"} → ${after?.value.text ?? "-"}`);
        }
      },
    });
  });
  afterEach(async () => {
    stop.abort(new Error("stopped"));
    await running.catch(() => undefined);
  });

  const follow = async () => {
    running = view.run(stop.signal);
    running.catch(() => undefined);
    await clock.advance(0);
  };
  const write = async (key: string, text: string | null) => {
    const operation = text === null ? { delete: key } : { put: key, value: encode({ text }) };
    const { revision } = await store.transact({ compare: [], then: [operation] });
    return revision;
  };
  const texts = () => [...view.all()].map(({ value }) => value.text).sort();

  it("shows what is there, and then every change with what was there before", async () => {
    await write("notes/a", "one");
    await follow();
    await write("notes/a", "two");
    const revision = await write("notes/b", "three");
    await write("other", "four");
    await clock.advance(0);
    assert.deepEqual(texts(), ["three", "two"]);
    await write("notes/a", null);
    await clock.advance(0);
    assert.deepEqual(changes, ["- → one", "one → two", "- → three", "two → -"]);
    assert.equal(view.revision, revision + 2);
  });

  it("knows nothing, rather than that there is nothing, before it was listed", async () => {
    wire.state = "cut";
    await write("notes/a", "one");
    await follow();
    await clock.advance(30_000);
    assert.equal(view.revision, 0);
    wire.state = "up";
    await clock.advance(10_000);
    assert.deepEqual(texts(), ["one"]);
  });

  it("catches up with what it missed, also where the store has forgotten it", async () => {
    await write("notes/a", "one");
    await write("notes/b", "two");
    await follow();
    wire.state = "cut";
    await write("notes/a", "three");
    await write("notes/b", null);
    core.compact(core.revision);
    await clock.advance(5_000);
    wire.state = "up";
    await clock.advance(10_000);
    assert.deepEqual(texts(), ["three"]);
    assert.deepEqual(changes.slice(2).sort(), ["one → three", "two → -"]);
  });

  it("leaves out a record of a format that it does not know, and says so", async () => {
    await write("notes/a", "one");
    await follow();
    await store.transact({ compare: [], then: [{ put: "notes/a", value: '{"v":99,"text":"later"}' }] });
    await clock.advance(0);
    assert.deepEqual(texts(), []);
    assert.equal(errors.length, 1);
  });

  it("ends with the reason when it is aborted", async () => {
    await follow();
    stop.abort(new Error("enough"));
    await assert.rejects(running, /enough/);
  });
});
