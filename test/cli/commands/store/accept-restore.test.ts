import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import type { StoreRecord } from "../../../../reconciler/model/store-record.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { decode, encode } from "../../../../reconciler/store/codec.ts";
import { connectStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { startEmbedded } from "../../../support/etcd-embedded.ts";
import { runKeel, temporaryFolder } from "../../run-keel.ts";

const keys = clusterKeys("lab");

/** A store of a cluster with one node, hv1, that is not alive; frozen or not. */
async function ground(test: TestContext, isFrozen: boolean) {
  const server = await startEmbedded();
  test.after(() => server.close());
  const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
  test.after(() => store.close());
  const seen = { storeId: "1", counter: 4, revision: 100, epoch: 8 };
  const frozen = isFrozen ? { by: "agent of hv1", at: 0, why: "it is another", seen } : null;
  const record: StoreRecord = { counter: 2, frozen, accepted: null };
  const status = { session: { lease: "1", bootId: "b" }, readAt: 0, seen: 1 };
  const puts = [
    { put: keys.store, value: encode(record) },
    { put: keys.status("hv1"), value: encode(status) },
  ];
  await store.transact({ compare: [], then: puts });
  const cwd = await temporaryFolder(test);
  const accept = (args: readonly string[], answer = "") =>
    runKeel(["--store", server.endpoint, "--cluster", "lab", "store", "accept-restore", ...args], {
      cwd,
      stdin: Readable.from([answer]),
    });
  const written = async () => {
    const item = await store.get(keys.store);
    assert.ok(item);
    return decode<StoreRecord>(item);
  };
  return { accept, written };
}

describe("keel store accept-restore", () => {
  it("has nothing to do where the store is not frozen", async (test) => {
    const { accept, written } = await ground(test, false);
    const { exit, out } = await accept(["-y"]);
    assert.deepEqual([exit, out], [0, "The store is not frozen: there is nothing to accept.\n"]);
    assert.equal((await written()).counter, 2);
  });

  it("says why it is frozen and what is in the way, and changes nothing", async (test) => {
    const { accept, written } = await ground(test, true);
    const { exit, out, err } = await accept(["-y"]);
    assert.equal(exit, 1);
    assert.match(
      out,
      /^Frozen by agent of hv1 at 1970-.*: it is another\.\n {2}node hv1 is not alive: bring it back/,
    );
    assert.match(err, /^error: Accepting the restored store was refused: node hv1 is not alive/);
    assert.notEqual((await written()).frozen, null);
  });

  it("takes a node for dead only by its name, typed, whatever else was said", async (test) => {
    const { accept, written } = await ground(test, true);
    for (const answer of ["", "yes\n", "hv2\n"]) {
      const { exit, err } = await accept(["-y", "--dead", "hv1"], answer);
      assert.deepEqual([exit, /nobody vouched for hv1/.test(err)], [1, true]);
    }
    assert.notEqual((await written()).frozen, null);
    assert.equal((await accept(["-y", "--dead", "hv1"], "hv1\n")).exit, 0);
    const { counter, frozen, accepted } = await written();
    assert.deepEqual(
      [counter, frozen, accepted?.by],
      [5, null, "tester"],
      "above every counter that was seen",
    );
  });
});
