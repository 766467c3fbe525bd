import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Store } from "../../reconciler/store/store.ts";
import type { Subject } from "./store-subject.ts";
import { watchUntil } from "./store-watches.ts";

export function describeLeases({ store, prefix, environment }: Subject): void {
  const elapse = <T>(promise: Promise<T>): Promise<T> => environment().elapse(promise);
  const put = (client: Store, key: string, lease: string): Promise<{ readonly revision: number }> =>
    client.transact({ compare: [], then: [{ put: key, value: "", lease }] });

  describe("leases", () => {
    it("live at least as long as asked for, in whole seconds", async () => {
      const lease = await store().grant(1_200);
      assert.ok(lease.ttlMs >= 1_200);
      assert.equal(lease.ttlMs % 1000, 0);
      await lease.revoke();
    });

    it("are shown by their keys, and can be taken from them again", async () => {
      const at = prefix();
      const lease = await store().grant(2_000);
      await put(store(), `${at}kept`, lease.id);
      assert.equal((await store().get(`${at}kept`))?.lease, lease.id);
      await store().transact({ compare: [], then: [{ put: `${at}kept`, value: "" }] });
      assert.equal((await store().get(`${at}kept`))?.lease, "0");
      await lease.revoke();
      assert.notEqual(await store().get(`${at}kept`), null);
    });

    it("let go of a key that another lease takes, which ends with that one", async () => {
      const key = `${prefix()}moved`;
      const [former, next] = [await store().grant(60_000), await store().grant(60_000)];
      const { revision } = await put(store(), key, former.id);
      await put(store(), key, next.id);
      await former.revoke();
      const kept = await store().get(key);
      assert.deepEqual([kept?.lease, kept?.createRevision], [next.id, revision]);
      await next.revoke();
      assert.equal(await store().get(key), null);
    });

    it("take all their keys with them when they are revoked, in one revision", async () => {
      const at = prefix();
      const lease = await store().grant(60_000);
      await put(store(), `${at}a`, lease.id);
      const { revision } = await put(store(), `${at}b`, lease.id);
      await lease.revoke();
      assert.deepEqual((await store().list(at)).items, []);
      assert.equal(lease.lost.aborted, true);
      const { changes } = await elapse(watchUntil(store(), at, revision, (seen) => seen.length === 2));
      const modRevision = changes[0]?.type === "delete" ? changes[0].modRevision : revision;
      assert.ok(modRevision > revision);
      assert.deepEqual(
        changes,
        [`${at}a`, `${at}b`].map((key) => ({ type: "delete", key, modRevision })),
      );
      await lease.revoke();
    });

    it("are kept for longer than their time while their client lives", async () => {
      const key = `${prefix()}kept`;
      const lease = await store().grant(1_000);
      const { revision } = await put(store(), key, lease.id);
      // A lease that nobody renews is the clock: when it ends, more than the first one's time is over.
      const other = environment().connect();
      await put(other, `${key}-clock`, (await other.grant(lease.ttlMs * 2)).id);
      await other.close();
      const { changes } = await elapse(watchUntil(store(), key, revision + 1, (seen) => seen.length > 0));
      assert.deepEqual(
        changes.map(({ type }) => type),
        ["delete"],
      );
      assert.notEqual(await store().get(key), null);
      assert.equal(lease.lost.aborted, false);
      await lease.revoke();
    });

    it("end when their client is closed: at once for it, after their time for everyone", async () => {
      const key = `${prefix()}left`;
      const client = environment().connect();
      const lease = await client.grant(1_000);
      const { revision } = await put(client, key, lease.id);
      await client.close();
      assert.equal(lease.lost.aborted, true);
      assert.notEqual(await store().get(key), null);
      const { changes } = await elapse(watchUntil(store(), key, revision, (seen) => seen.length > 0));
      assert.deepEqual(
        changes.map(({ type }) => type),
        ["delete"],
      );
    });

    it("are lost when somebody else takes them away", async () => {
      const lease = await store().grant(1_000);
      const lost = new Promise((resolve) => lease.lost.addEventListener("abort", resolve, { once: true }));
      await environment().takeLease(lease.id);
      await elapse(lost);
      assert.equal(lease.lost.aborted, true);
    });

    it("that are gone take no keys: the transaction is refused whole", async () => {
      const at = prefix();
      const lease = await store().grant(1_000);
      await lease.revoke();
      const then = [
        { put: `${at}a`, value: "" },
        { put: `${at}b`, value: "", lease: lease.id },
      ];
      await assert.rejects(store().transact({ compare: [], then }), {
        name: "StoreError",
        code: "lease-gone",
      });
      assert.deepEqual((await store().list(at)).items, []);
    });

    it("cannot live for no time", async () => {
      for (const ttlMs of [0, -1000, Number.NaN]) {
        await assert.rejects(store().grant(ttlMs), { name: "StoreError", code: "rejected" });
      }
    });
  });
}
