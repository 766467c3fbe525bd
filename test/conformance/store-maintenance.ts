import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { StoreMaintenance } from "../../reconciler/store/maintenance.ts";
import type { Store, WatchEvent } from "../../reconciler/store/store.ts";

/** A store, and its maintenance by the same or another client. */
export interface MaintenanceEnvironment {
  readonly store: Store;
  readonly maintenance: StoreMaintenance;
  readonly memberCount: number;
  close(): Promise<void>;
}

/** What `maintenance.ts` promises. What comes of a full store is tried where there can be one. */
export function describeMaintenance(name: string, make: () => Promise<MaintenanceEnvironment>): void {
  describe(`the maintenance of a store, kept by ${name}`, { timeout: 60_000 }, () => {
    let made: MaintenanceEnvironment | null = null;
    const environment = (): MaintenanceEnvironment => made ?? assert.fail("the environment was not made");
    const put = (key: string, value = "") =>
      environment().store.transact({ compare: [], then: [{ put: key, value }] });
    before(async () => {
      made = await make();
    });
    after(async () => made?.close());

    it("tells the same store and revision as a listing does", async () => {
      const { store, maintenance } = environment();
      await put("/status/a");
      const { storeId, revision } = await store.list("/status/");
      const status = await maintenance.status();
      assert.equal(status.storeId, storeId);
      assert.equal(status.revision, revision);
      assert.notEqual(status.version, "");
      assert.deepEqual(status.alarms, []);
    });

    it("tells every member, of which one leads, and nobody has a problem", async () => {
      const { members } = await environment().maintenance.status();
      assert.equal(members.length, environment().memberCount);
      assert.equal(members.filter(({ leader }) => leader).length, 1);
      assert.equal(new Set(members.map(({ id }) => id)).size, members.length);
      for (const { name: member, endpoint, problem } of members) {
        assert.notEqual(member, "");
        assert.notEqual(endpoint, "");
        assert.equal(problem, null);
      }
    });

    it("tells a size that grows with what is stored, and what of it is in use", async () => {
      const { maintenance } = environment();
      const earlier = await maintenance.status();
      let grown = earlier;
      // A server may count what it wrote only after a while: it is given more, up to a bound.
      for (let n = 0; n < 100 && grown.bytes < earlier.bytes + 4_000_000; n += 1) {
        await put(`/size/${n}`, "x".repeat(1_000_000));
        grown = await maintenance.status();
      }
      assert.ok(grown.bytes >= earlier.bytes + 4_000_000, `${earlier.bytes} grew to ${grown.bytes}`);
      assert.ok(grown.bytesInUse > 0 && grown.bytesInUse <= grown.bytes);
    });

    it("forgets the past up to a revision, and watches that want it are told to list again", async () => {
      const { store, maintenance } = environment();
      const first = await put("/past/a", "1");
      await put("/past/a", "2");
      const last = await put("/past/a", "3");
      await maintenance.compact(last.revision);
      const events: WatchEvent[] = [];
      for await (const event of store.watch("/past/", first.revision, new AbortController().signal))
        events.push(event);
      assert.deepEqual(events, [{ type: "relist" }]);
      assert.equal((await store.get("/past/a"))?.value, "3");
    });

    it("takes forgetting what is forgotten for done", async () => {
      const { maintenance } = environment();
      const { revision } = await put("/again/a");
      await maintenance.compact(revision);
      await maintenance.compact(revision);
      await maintenance.compact(revision - 1);
    });

    it("refuses to forget what has not been yet", async () => {
      const { maintenance } = environment();
      const { revision } = await put("/future/a");
      const refused = { name: "StoreError", code: "rejected" };
      await assert.rejects(maintenance.compact(revision + 100), refused);
    });

    it("gives space back, and keeps what is in force", async () => {
      const { store, maintenance } = environment();
      for (let n = 0; n < 10; n += 1) await put("/space/a", String(n).repeat(1_000_000));
      const { revision } = await put("/space/a", "small");
      await maintenance.compact(revision);
      const earlier = await maintenance.status();
      await maintenance.defragment();
      const later = await maintenance.status();
      assert.ok(later.bytes <= earlier.bytes, `${earlier.bytes} became ${later.bytes}`);
      assert.equal(later.revision, earlier.revision);
      assert.equal((await store.get("/space/a"))?.value, "small");
      assert.equal((await put("/space/b")).ok, true);
    });

    it("takes disarming without an alarm for done", async () => {
      await environment().maintenance.disarm();
      assert.deepEqual((await environment().maintenance.status()).alarms, []);
    });
  });
}
