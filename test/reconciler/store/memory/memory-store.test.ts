import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import type { Link } from "../../../../reconciler/store/memory/link.ts";
import { MemoryStore } from "../../../../reconciler/store/memory/memory-store.ts";
import { StoreError, type WatchEvent } from "../../../../reconciler/store/store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const put = (key: string, value = "") => ({ compare: [], then: [{ put: key, value }] });

/** A wire that can be slow, cut, and cut after the call was carried out. */
class FaultyLink implements Link {
  readonly #clock: FakeClock;
  state: "fine" | "cut" | "answers-lost" = "fine";
  delayMs = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async call<T>(operation: () => T): Promise<T> {
    if (this.delayMs > 0) await this.#clock.sleep(this.delayMs);
    if (this.state === "cut") throw new StoreError("unreachable", "cut off");
    const result = operation();
    if (this.state === "answers-lost") throw new StoreError("ambiguous", "the answer was lost");
    return result;
  }
}

function stores() {
  const clock = new FakeClock();
  const core = new StoreCore({ clock, history: { revisions: 10 } });
  const link = new FaultyLink(clock);
  const store = new MemoryStore({ core, clock, link });
  return { clock, core, link, store, other: new MemoryStore({ core, clock }) };
}

/** Collects what a watch tells while the test goes on. */
function collect(
  store: MemoryStore,
  after: number,
): { readonly events: WatchEvent[]; readonly stop: () => void } {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  void (async () => {
    for await (const event of store.watch("/", after, stop.signal)) events.push(event);
  })();
  return { events, stop: () => stop.abort() };
}

function keys(events: readonly WatchEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === "relist"
      ? ["relist"]
      : event.changes.map((change) => (change.type === "put" ? change.item.key : "deleted")),
  );
}

describe("a client of the in-memory store", () => {
  it("knows nothing where the answer to a question is lost, which leaves nothing in doubt", async () => {
    const { link, store } = stores();
    link.state = "answers-lost";
    const isUnreachable = (error: unknown) => error instanceof StoreError && error.code === "unreachable";
    await assert.rejects(store.get("/a"), isUnreachable);
    await assert.rejects(store.list("/"), isUnreachable);
  });

  it("shares what others of the same core write", async () => {
    const { store, other } = stores();
    await store.transact(put("/a", "1"));
    assert.equal((await other.get("/a"))?.value, "1");
  });

  it("takes the time that its link takes", async () => {
    const { clock, link, store } = stores();
    link.delayMs = 10;
    let done = false;
    const written = store.transact(put("/a")).then(() => {
      done = true;
    });
    await clock.advance(9);
    assert.equal(done, false);
    await clock.advance(1);
    await written;
  });

  it("hands on what its link says of a call, carried out or not", async () => {
    const { link, store, other } = stores();
    link.state = "cut";
    await assert.rejects(store.transact(put("/cut")), { code: "unreachable" });
    link.state = "answers-lost";
    await assert.rejects(store.transact(put("/lost")), { code: "ambiguous" });
    assert.equal(await other.get("/cut"), null);
    assert.notEqual(await other.get("/lost"), null);
  });

  it("watches on without loss after it was cut off for a while", async () => {
    const { clock, link, store, other } = stores();
    const { events, stop } = collect(store, 1);
    await other.transact(put("/1"));
    await clock.advance(0);
    link.state = "cut";
    await other.transact(put("/2"));
    await clock.advance(5_000);
    await other.transact(put("/3"));
    assert.deepEqual(keys(events), ["/1"]);
    link.state = "fine";
    await clock.advance(1_000);
    assert.deepEqual(keys(events), ["/1", "/2", "/3"]);
    stop();
    await clock.advance(0);
    assert.equal(clock.pending, 0);
  });

  it("asks nothing while only keys that it does not watch change, and outlives their history", async () => {
    const { clock, core, store, other } = stores();
    let asked = 0;
    const changesSince = core.changesSince.bind(core);
    core.changesSince = (...query) => {
      asked += 1;
      return changesSince(...query);
    };
    const { events } = collect(store, 1);
    await clock.advance(0);
    const before = asked;
    for (let n = 0; n < 30; n += 1) await other.transact(put(`elsewhere/${n}`));
    await clock.advance(0);
    assert.equal(asked, before);
    await other.transact(put("/1"));
    await clock.advance(0);
    assert.deepEqual(keys(events), ["/1"]);
  });

  it("is told to list again where it was cut off for longer than history is kept", async () => {
    const { clock, link, store, other } = stores();
    const { events } = collect(store, 1);
    await clock.advance(0);
    link.state = "cut";
    for (let n = 0; n < 11; n += 1) await other.transact(put(`/${n}`));
    await clock.advance(1_000);
    link.state = "fine";
    await clock.advance(1_000);
    assert.deepEqual(events, [{ type: "relist" }]);
  });

  it("loses its lease when it is cut off, no later than the store lets it end", async () => {
    const { clock, link, store, other } = stores();
    const lease = await store.grant(9_000);
    await store.transact({ compare: [], then: [{ put: "/alive", value: "", lease: lease.id }] });
    await clock.advance(60_000);
    assert.equal(lease.lost.aborted, false);
    link.state = "cut";
    for (let waited = 0; !lease.lost.aborted; waited += 1_000) {
      assert.ok(waited <= 9_000);
      assert.notEqual(await other.get("/alive"), null);
      await clock.advance(1_000);
    }
    await clock.advance(3_000);
    assert.equal(await other.get("/alive"), null);
  });

  it("keeps no lease that it was granted while it was being closed", async () => {
    const { clock, core, link, store } = stores();
    link.delayMs = 10;
    const granted = store.grant(9_000);
    await store.close();
    core.close();
    await Promise.all([assert.rejects(granted, { code: "unreachable" }), clock.advance(10)]);
    assert.equal(clock.pending, 0);
  });

  it("leaves no timer behind when it is closed", async () => {
    const { clock, core, store } = stores();
    await store.grant(9_000);
    collect(store, 1).stop();
    await store.close();
    core.close();
    await clock.advance(0);
    assert.equal(clock.pending, 0);
  });

  it("does the same in the same order every time", async () => {
    const run = async (): Promise<readonly string[]> => {
      const { clock, store, other } = stores();
      const { events } = collect(store, 1);
      await Promise.all([
        store.transact(put("/a")),
        other.transact(put("/b")),
        store.grant(1_000),
        other.transact(put("/c")),
      ]);
      await clock.advance(10_000);
      return keys(events);
    };
    assert.deepEqual(await run(), await run());
  });
});
