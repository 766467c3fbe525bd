import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Change, Store, WatchEvent } from "../../reconciler/store/store.ts";
import { entriesOf, putAll, type Entry } from "./store-reads.ts";
import type { Subject } from "./store-subject.ts";

interface Seen {
  readonly changes: readonly Change[];
  readonly revision: number;
}

/** The changes that a watch tells, from its start until `enough` says so. */
export async function watchUntil(
  store: Store,
  prefix: string,
  after: number,
  enough: (changes: readonly Change[]) => boolean,
): Promise<Seen> {
  const stop = new AbortController();
  const changes: Change[] = [];
  let revision = after;
  for await (const event of store.watch(prefix, after, stop.signal)) {
    assert.ok(event.type === "changes", "the watch asks for a new list");
    assert.ok(event.revision > revision, "an event is not later than the one before");
    assert.ok(
      event.changes.every((change) => revisionOf(change) > revision && revisionOf(change) <= event.revision),
    );
    revision = event.revision;
    changes.push(...event.changes);
    if (enough(changes)) break;
  }
  stop.abort();
  return { changes, revision };
}

export function revisionOf(change: Change): number {
  return change.type === "put" ? change.item.modRevision : change.modRevision;
}

function begin(store: Store, prefix: string, after: number, signal: AbortSignal): AsyncIterator<WatchEvent> {
  return store.watch(prefix, after, signal)[Symbol.asyncIterator]();
}

function keyOf(change: Change): string {
  return change.type === "put" ? change.item.key : change.key;
}

function hasPut(key: string): (changes: readonly Change[]) => boolean {
  return (changes) => changes.some((change) => change.type === "put" && change.item.key === key);
}

/** What a reader knows who started with nothing and was told these changes. */
function replayed(changes: readonly Change[]): readonly Entry[] {
  const known = new Map<string, string>();
  for (const change of changes) {
    if (change.type === "put") known.set(change.item.key, change.item.value);
    else known.delete(change.key);
  }
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function describeWatches({ store, prefix, environment }: Subject): void {
  const put = (key: string, value = ""): Promise<{ readonly revision: number }> =>
    store().transact({ compare: [], then: [{ put: key, value }] });
  const elapse = <T>(promise: Promise<T>): Promise<T> => environment().elapse(promise);

  describe("watching", () => {
    it("tells puts and deletions after the revision asked for, in order, with what they put", async () => {
      const at = prefix();
      const first = await put(`${at}a`, "1");
      const second = await put(`${at}a`, "2");
      const third = await store().transact({ compare: [], then: [{ delete: `${at}a` }] });
      const fourth = await put(`${at}b`, "Grüße");
      const { changes } = await elapse(watchUntil(store(), at, first.revision, hasPut(`${at}b`)));
      assert.deepEqual(changes, [
        {
          type: "put",
          item: {
            key: `${at}a`,
            value: "2",
            createRevision: first.revision,
            modRevision: second.revision,
            lease: "0",
          },
        },
        { type: "delete", key: `${at}a`, modRevision: third.revision },
        {
          type: "put",
          item: {
            key: `${at}b`,
            value: "Grüße",
            createRevision: fourth.revision,
            modRevision: fourth.revision,
            lease: "0",
          },
        },
      ]);
    });

    it("waits for what comes, and tells nothing of other prefixes", async () => {
      const at = prefix();
      const { revision } = await put(`${at}before`);
      const seen = watchUntil(store(), `${at}in/`, revision, hasPut(`${at}in/last`));
      await put(`${at}in`);
      await put(`${at}in/first`);
      await put(`${at}ins`);
      await put(`${at}in/last`);
      assert.deepEqual((await elapse(seen)).changes.map(keyOf), [`${at}in/first`, `${at}in/last`]);
    });

    it("tells all changes of one transaction together", async () => {
      const at = prefix();
      const { revision } = await put(`${at}0`);
      const keys = Array.from({ length: 100 }, (_, n) => `${at}key-${n}`);
      await putAll(
        store(),
        keys.map((key) => [key, ""]),
      );
      await store().transact({
        compare: [],
        then: [{ deletePrefix: `${at}key-` }, { put: `${at}end`, value: "" }],
      });
      const batches: number[] = [];
      const { changes } = await elapse(
        watchUntil(store(), at, revision, (seen) => {
          batches.push(seen.length);
          return hasPut(`${at}end`)(seen);
        }),
      );
      assert.equal(changes.length, 201);
      assert.ok(
        batches.every((count) => count === 100 || count === 201),
        `events ended at ${batches.join(", ")}`,
      );
    });

    it("goes on after any revision that it told, without loss and without repetition", async () => {
      const at = prefix();
      const { revision } = await put(`${at}start`);
      for (let n = 0; n < 20; n += 1) await put(`${at}key`, String(n));
      const values: string[] = [];
      let position = revision;
      while (values.at(-1) !== "19") {
        const { changes, revision: next } = await elapse(watchUntil(store(), at, position, () => true));
        values.push(...changes.map((change) => (change.type === "put" ? change.item.value : "deleted")));
        position = next;
      }
      assert.deepEqual(
        values,
        Array.from({ length: 20 }, (_, n) => String(n)),
      );
    });

    it("neither loses nor repeats a change while several clients write", async () => {
      const at = prefix();
      const { revision } = await put(`${at}start`);
      const watcher = environment().connect();
      const seen = watchUntil(watcher, at, revision, hasPut(`${at}end`));
      const writers = Array.from({ length: 4 }, () => environment().connect());
      const write = async (client: Store, writer: number): Promise<void> => {
        for (let n = 0; n < 200; n += 1) {
          const key = `${at}key-${(writer * 7 + n * 3) % 11}`;
          const then = n % 5 === 4 ? { delete: key } : { put: key, value: `${writer}-${n}` };
          await client.transact({ compare: [], then: [then] });
        }
      };
      await Promise.all(writers.map(write));
      await put(`${at}end`);
      const { changes } = await elapse(seen);
      const puts = changes.flatMap((change) => (change.type === "put" ? [change.item.value] : []));
      assert.equal(puts.length, 4 * 160 + 1);
      assert.equal(new Set(puts).size, puts.length);
      assert.equal(new Set(changes.map(revisionOf)).size, changes.length);
      assert.deepEqual(
        replayed(changes),
        (await entriesOf(store(), at)).filter(([key]) => key !== `${at}start`),
      );
    });

    it("tells bursts that touch 10,000 keys", async () => {
      const at = prefix();
      const { revision } = await put(`${at}start`);
      const keys = Array.from({ length: 10_000 }, (_, n): Entry => [`${at}key-${n}`, "x".repeat(100)]);
      const seen = watchUntil(environment().connect(), at, revision, (changes) => changes.length === 20_000);
      await putAll(store(), keys);
      await putAll(store(), keys);
      const { changes } = await elapse(seen);
      assert.equal(new Set(changes.map(keyOf)).size, 10_000);
    });

    it("tells the deletion of 20,000 keys by one transaction, all in one event", async () => {
      const at = prefix();
      const keys = Array.from({ length: 20_000 }, (_, n): Entry => [`${at}${n}`, ""]);
      await putAll(store(), keys);
      const { revision } = await store().list(at);
      const done = await store().transact({ compare: [], then: [{ deletePrefix: at }] });
      const { changes } = await elapse(watchUntil(store(), at, revision, () => true));
      assert.equal(changes.length, 20_000);
      assert.ok(changes.every((change) => change.type === "delete" && change.modRevision === done.revision));
    });

    it("tells large values, many at once", async () => {
      const at = prefix();
      const { revision } = await put(`${at}start`);
      for (let n = 0; n < 8; n += 1) await put(`${at}${n}`, String(n).repeat(1_000_000));
      const { changes } = await elapse(watchUntil(store(), at, revision, (seen) => seen.length === 8));
      const values = changes.map((change) => (change.type === "put" ? change.item.value : ""));
      assert.deepEqual(
        values.map((value) => [value.length, value[0], value.at(-1)]),
        Array.from({ length: 8 }, (_, n) => [1_000_000, String(n), String(n)]),
      );
    });

    it("asks for a new list where the revisions wanted are compacted, and ends", async () => {
      const at = prefix();
      const { revision } = await put(`${at}a`);
      await put(`${at}a`);
      const last = await put(`${at}a`);
      await environment().compact(last.revision);
      const events: WatchEvent[] = [];
      const never = new AbortController().signal;
      const run = async (): Promise<void> => {
        for await (const event of store().watch(at, revision - 1, never)) events.push(event);
      };
      await elapse(run());
      assert.deepEqual(events, [{ type: "relist" }]);
    });

    it("goes on after the revision of a list, though all before it is compacted", async () => {
      const at = prefix();
      await put(`${at}a`);
      await put(`${at}a`);
      const { revision } = await store().list(at);
      await environment().compact(revision);
      await put(`${at}b`);
      const { changes } = await elapse(watchUntil(store(), at, revision, hasPut(`${at}b`)));
      assert.deepEqual(changes.map(keyOf), [`${at}b`]);
    });

    it("is not disturbed by a compaction while it is on", async () => {
      const at = prefix();
      const { revision } = await put(`${at}start`);
      const seen = watchUntil(store(), at, revision, hasPut(`${at}end`));
      await put(`${at}middle`);
      await elapse(watchUntil(store(), at, revision, hasPut(`${at}middle`)));
      await environment().compact((await put(`${at}more`)).revision - 1);
      await put(`${at}end`);
      assert.deepEqual((await elapse(seen)).changes.map(keyOf), [`${at}middle`, `${at}more`, `${at}end`]);
    });

    it("ends when it is told to: while it waits, between two events, and before it began", async () => {
      const at = prefix();
      const { revision } = await put(`${at}a`);
      const done = { done: true, value: undefined };
      const waits = new AbortController();
      const next = begin(store(), at, revision, waits.signal).next();
      waits.abort();
      assert.deepEqual(await elapse(next), done);

      const between = new AbortController();
      const iterator = begin(store(), at, revision - 1, between.signal);
      assert.equal((await elapse(iterator.next())).done, false);
      between.abort();
      assert.deepEqual(await elapse(iterator.next()), done);

      assert.deepEqual(await elapse(begin(store(), at, revision - 1, AbortSignal.abort()).next()), done);
    });

    it("fails where its own client is closed", async () => {
      const client = environment().connect();
      const next = begin(client, prefix(), 1, new AbortController().signal).next();
      await client.close();
      await assert.rejects(elapse(next), { name: "StoreError", code: "unreachable" });
    });
  });
}
