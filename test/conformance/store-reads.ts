import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limits, type Operation, type Store } from "../../reconciler/store/store.ts";
import type { Subject } from "./store-subject.ts";

export type Entry = readonly [key: string, value: string];

/** Puts any number of keys, in transactions of the size that is allowed. */
export async function putAll(store: Store, entries: readonly Entry[]): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  for (let start = 0; start < entries.length; start += limits.operations) {
    const then: Operation[] = entries
      .slice(start, start + limits.operations)
      .map(([put, value]) => ({ put, value }));
    waiting.push(store.transact({ compare: [], then }));
    if (waiting.length === 16) await Promise.all(waiting.splice(0));
  }
  await Promise.all(waiting);
}

/** All keys and values with a prefix, in the order in which the store tells them. */
export async function entriesOf(store: Store, prefix: string): Promise<readonly Entry[]> {
  return (await store.list(prefix)).items.map(({ key, value }) => [key, value]);
}

export function describeReads({ store, prefix }: Subject): void {
  describe("reading", () => {
    it("finds nothing under a key that was never put, and does not take a longer key for it", async () => {
      const key = `${prefix()}a`;
      await putAll(store(), [[`${key}b`, "1"]]);
      assert.equal(await store().get(key), null);
    });

    it("finds what was put, with its revisions and without a lease", async () => {
      const key = `${prefix()}a`;
      const first = await store().transact({ compare: [], then: [{ put: key, value: "1" }] });
      const second = await store().transact({ compare: [], then: [{ put: key, value: "2" }] });
      assert.deepEqual(await store().get(key), {
        key,
        value: "2",
        createRevision: first.revision,
        modRevision: second.revision,
        lease: "0",
      });
    });

    it("refuses an empty key", async () => {
      await assert.rejects(store().get(""), { name: "StoreError", code: "rejected" });
    });

    it("keeps an empty value apart from an absent key", async () => {
      const key = `${prefix()}empty`;
      await putAll(store(), [[key, ""]]);
      assert.equal((await store().get(key))?.value, "");
    });

    it("keeps every character, in keys and in values", async () => {
      const at = prefix();
      const entries: readonly Entry[] = [
        [`${at}plain`, "zero \u0000 and newline \n"],
        [`${at}ä/ß`, "Grüße, 世界"],
        [`${at}\u{1f6f6}`, "\u{1f6f6}\u{1f30a}"],
      ];
      await putAll(store(), entries);
      assert.deepEqual(await entriesOf(store(), at), entries);
    });

    it("lists the keys of a prefix and no others, sorted by their bytes", async () => {
      const at = prefix();
      const inside = ["", "-", "/", "a", "aa", "b", "é", "\uffff", "\u{10000}"].map((end): Entry => [
        `${at}x${end}`,
        end,
      ]);
      await putAll(store(), [...inside.toReversed(), [`${at}w`, "before"], [`${at}y`, "after"]]);
      assert.deepEqual(await entriesOf(store(), `${at}x`), inside);
    });

    it("lists nothing where no key has the prefix, at a revision all the same", async () => {
      const written = await store().transact({ compare: [], then: [{ put: `${prefix()}a`, value: "" }] });
      const snapshot = await store().list(prefix());
      assert.deepEqual(snapshot.items, []);
      assert.ok(snapshot.revision >= written.revision);
    });

    it("lists the whole store for an empty prefix, and says which store it is", async () => {
      const key = `${prefix()}a`;
      await putAll(store(), [[key, "1"]]);
      const snapshot = await store().list("");
      assert.ok(snapshot.items.some((item) => item.key === key));
      assert.match(snapshot.storeId, /^[1-9]\d*$/);
      assert.equal(snapshot.storeId, (await store().list(key)).storeId);
    });

    it("lists 50,000 keys", async () => {
      const at = prefix();
      const entries = Array.from({ length: 50_000 }, (_, n): Entry => [
        `${at}${String(n).padStart(6, "0")}`,
        `v${n}`,
      ]);
      await putAll(store(), entries);
      assert.deepEqual(await entriesOf(store(), at), entries);
    });

    it("lists large values", async () => {
      const at = prefix();
      const entries = Array.from({ length: 12 }, (_, n): Entry => [
        `${at}${n + 10}`,
        String(n % 10).repeat(1_000_000),
      ]);
      for (const entry of entries) await putAll(store(), [entry]);
      assert.deepEqual(await entriesOf(store(), at), entries);
    });

    it("lists all keys at one revision, however much is written meanwhile", async () => {
      const at = prefix();
      const keys = Array.from(
        { length: 3 * limits.pageKeys },
        (_, n) => `${at}${String(n).padStart(6, "0")}`,
      );
      await putAll(
        store(),
        keys.map((key) => [key, "0"]),
      );
      const [first, last] = [keys[0] ?? "", keys.at(-1) ?? ""];
      let listing = true;
      const writer = (async () => {
        for (let n = 1; listing; n += 1) {
          const value = String(n);
          await store().transact({
            compare: [],
            then: [
              { put: first, value },
              { put: last, value },
              { put: `${last}-${value}`, value },
            ],
          });
        }
      })();
      for (let n = 0; n < 5; n += 1) {
        const { items, revision } = await store().list(at);
        assert.equal(
          items.find(({ key }) => key === first)?.value,
          items.find(({ key }) => key === last)?.value,
        );
        assert.ok(items.every(({ modRevision }) => modRevision <= revision));
      }
      listing = false;
      await writer;
    });
  });
}
