import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limits, type Compare, type Operation } from "../../reconciler/store/store.ts";
import { entriesOf, putAll } from "./store-reads.ts";
import type { Subject } from "./store-subject.ts";

export function describeTransactions({ store, prefix, environment }: Subject): void {
  const put = (key: string, value: string): Promise<{ readonly revision: number }> =>
    store().transact({ compare: [], then: [{ put: key, value }] });

  /** Whether a transaction is carried out under a comparison; it writes to a key of its own. */
  const passes = async (compare: Compare): Promise<boolean> => {
    const witness = `${prefix()}witness`;
    const { ok } = await store().transact({ compare: [compare], then: [{ put: witness, value: "" }] });
    assert.equal((await store().get(witness)) !== null, ok);
    return ok;
  };

  describe("transactions", () => {
    it("compare the revision of the last change, 0 for an absent key", async () => {
      const key = `${prefix()}a`;
      assert.equal(await passes({ key, modRevision: 0 }), true);
      const first = await put(key, "1");
      const second = await put(key, "2");
      assert.equal(await passes({ key, modRevision: second.revision }), true);
      assert.equal(await passes({ key, modRevision: first.revision }), false);
      assert.equal(await passes({ key, modRevision: 0 }), false);
    });

    it("compare the revision of the creation, 0 for an absent key, anew after a deletion", async () => {
      const key = `${prefix()}a`;
      assert.equal(await passes({ key, createRevision: 0 }), true);
      const first = await put(key, "1");
      await put(key, "2");
      assert.equal(await passes({ key, createRevision: first.revision }), true);
      assert.equal(await passes({ key, createRevision: 0 }), false);
      await store().transact({ compare: [], then: [{ delete: key }] });
      assert.equal(await passes({ key, createRevision: 0 }), true);
      await put(key, "3");
      assert.equal(await passes({ key, createRevision: first.revision }), false);
    });

    it("compare the value, which an absent key does not have, not even an empty one", async () => {
      const key = `${prefix()}ä`;
      assert.equal(await passes({ key, value: "" }), false);
      await put(key, "Grüße");
      assert.equal(await passes({ key, value: "Grüße" }), true);
      assert.equal(await passes({ key, value: "Grüß" }), false);
      await put(key, "");
      assert.equal(await passes({ key, value: "" }), true);
    });

    it("write nothing where one of several comparisons fails, and tell the revision they looked at", async () => {
      const at = prefix();
      const { revision } = await put(`${at}a`, "1");
      const refused = await store().transact({
        compare: [
          { key: `${at}a`, value: "1" },
          { key: `${at}b`, value: "1" },
        ],
        then: [{ put: `${at}c`, value: "1" }, { delete: `${at}a` }],
      });
      assert.equal(refused.ok, false);
      assert.ok(refused.revision >= revision);
      assert.deepEqual(await entriesOf(store(), at), [[`${at}a`, "1"]]);
    });

    it("give all they change one revision, and the next one a later", async () => {
      const at = prefix();
      await putAll(store(), [
        [`${at}old/1`, ""],
        [`${at}old/2`, ""],
        [`${at}gone`, ""],
      ]);
      const done = await store().transact({
        compare: [],
        then: [
          { put: `${at}a`, value: "" },
          { put: `${at}b`, value: "" },
          { delete: `${at}gone` },
          { deletePrefix: `${at}old/` },
        ],
      });
      const { items } = await store().list(at);
      assert.deepEqual(
        items.map((item) => [item.key, item.createRevision, item.modRevision]),
        [`${at}a`, `${at}b`].map((key) => [key, done.revision, done.revision]),
      );
      assert.ok((await put(`${at}a`, "")).revision > done.revision);
    });

    it("delete a prefix and nothing beside it", async () => {
      const at = prefix();
      await putAll(
        store(),
        ["a", "ab", "abc", "ac", "b"].map((end) => [`${at}${end}`, end]),
      );
      await store().transact({ compare: [], then: [{ deletePrefix: `${at}ab` }] });
      assert.deepEqual(await entriesOf(store(), at), [
        [`${at}a`, "a"],
        [`${at}ac`, "ac"],
        [`${at}b`, "b"],
      ]);
    });

    it("make no new revision where there was nothing to change", async () => {
      const at = prefix();
      const { revision } = await put(`${at}a`, "1");
      const done = await store().transact({
        compare: [],
        then: [{ delete: `${at}b` }, { deletePrefix: `${at}c/` }],
      });
      assert.equal(done.ok, true);
      assert.equal((await store().list(at)).items[0]?.modRevision, revision);
      assert.ok(done.revision >= revision);
    });

    it("let only one of many that compare the same revision through", async () => {
      const key = `${prefix()}counter`;
      const clients = Array.from({ length: 4 }, () => environment().connect());
      const add = async (client: (typeof clients)[number]): Promise<void> => {
        for (;;) {
          const found = await client.get(key);
          const value = String(Number(found?.value ?? 0) + 1);
          const compare = [{ key, modRevision: found?.modRevision ?? 0 }];
          if ((await client.transact({ compare, then: [{ put: key, value }] })).ok) return;
        }
      };
      await Promise.all(clients.flatMap((client) => [1, 2, 3, 4, 5].map(() => add(client))));
      assert.equal((await store().get(key))?.value, "20");
    });

    const twice: readonly (readonly [string, (at: string) => readonly Operation[]])[] = [
      [
        "put twice",
        (at) => [
          { put: `${at}a`, value: "1" },
          { put: `${at}a`, value: "2" },
        ],
      ],
      ["put and deleted", (at) => [{ put: `${at}a`, value: "1" }, { delete: `${at}a` }]],
      ["put and covered by a deleted prefix", (at) => [{ deletePrefix: at }, { put: `${at}a`, value: "1" }]],
      ["deleted by name and by prefix", (at) => [{ deletePrefix: at }, { delete: `${at}a` }]],
      ["covered by two prefixes", (at) => [{ deletePrefix: at }, { deletePrefix: `${at}a/` }]],
    ];
    for (const [what, operations] of twice) {
      it(`are refused whole where a key is ${what}`, async () => {
        const at = prefix();
        const then = [...operations(at), { put: `${at}other`, value: "" }];
        await assert.rejects(store().transact({ compare: [], then }), {
          name: "StoreError",
          code: "rejected",
        });
        assert.deepEqual(await entriesOf(store(), at), []);
      });
    }

    for (const [what, operation] of [
      ["key", { put: "", value: "1" }],
      ["key", { delete: "" }],
      ["prefix", { deletePrefix: "" }],
    ] as const) {
      it(`refuse the empty ${what} of ${JSON.stringify(operation)}`, async () => {
        const refused = { name: "StoreError", code: "rejected" };
        await assert.rejects(store().transact({ compare: [], then: [operation] }), refused);
      });
    }

    it("take as many operations and comparisons as the limit says, and refuse one more", async () => {
      const at = prefix();
      const keys = Array.from({ length: limits.operations + 1 }, (_, n) => `${at}${n}`);
      const compare = keys.map((key): Compare => ({ key, modRevision: 0 }));
      const then = keys.map((key): Operation => ({ put: key, value: "" }));
      const tooLarge = { name: "StoreError", code: "too-large" };
      await assert.rejects(store().transact({ compare: [], then }), tooLarge);
      await assert.rejects(store().transact({ compare, then: [] }), tooLarge);
      const most = { compare: compare.slice(1), then: then.slice(1) };
      assert.equal((await store().transact(most)).ok, true);
      assert.equal((await store().list(at)).items.length, limits.operations);
    });

    it("take a request up to the limit of bytes, and refuse a larger one", async () => {
      const key = `${prefix()}large`;
      const tooLarge = { name: "StoreError", code: "too-large" };
      await assert.rejects(put(key, "x".repeat(limits.requestBytes)), tooLarge);
      await assert.rejects(put(key, "ä".repeat(limits.requestBytes / 2)), tooLarge);
      await put(key, "x".repeat(limits.requestBytes - 1024));
      assert.equal((await store().get(key))?.value.length, limits.requestBytes - 1024);
    });
  });
}
