import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { IEvent, IWatchResponse } from "etcd3";
import { meaningOf, meaningOfEnd } from "../../../../reconciler/store/etcd/watch-message.ts";

function response(
  fields: Partial<IWatchResponse>,
  revision = "100",
): { kind: "response"; response: IWatchResponse } {
  return {
    kind: "response",
    response: {
      header: { cluster_id: "1", member_id: "1", revision, raft_term: "1" },
      watch_id: "0",
      created: false,
      canceled: false,
      compact_revision: "0",
      cancel_reason: "",
      fragment: false,
      events: [],
      ...fields,
    },
  };
}

function event(revision: number): IEvent {
  const kv = {
    key: Buffer.from("/a"),
    value: Buffer.from("v"),
    create_revision: "1",
    mod_revision: String(revision),
    version: "1",
    lease: "0",
  };
  return { type: "Put", kv, prev_kv: kv };
}

describe("what a message of a watch means", () => {
  it("are its changes, up to the revision of the last one, whatever the store's revision is", () => {
    const meaning = meaningOf(response({ events: [event(7), event(9)] }), 6);
    assert.ok(meaning.kind === "changes");
    assert.equal(meaning.revision, 9);
    assert.equal(meaning.changes.length, 2);
  });

  it("are only those changes that were not told yet", () => {
    const meaning = meaningOf(response({ events: [event(7), event(8), event(9)] }), 8);
    assert.ok(meaning.kind === "changes");
    assert.equal(meaning.changes.length, 1);
    assert.deepEqual(meaningOf(response({ events: [event(7)] }), 8), { kind: "progress", revision: 8 });
  });

  it("is that nothing happened up to its revision, where it is told for this watch", () => {
    assert.deepEqual(meaningOf(response({}), 8), { kind: "progress", revision: 100 });
    assert.deepEqual(meaningOf(response({}, "3"), 8), { kind: "progress", revision: 8 });
  });

  it("is no more than a sign of life, where it is told for no watch", () => {
    assert.deepEqual(meaningOf(response({ watch_id: "-1" }), 8), { kind: "progress", revision: 8 });
  });

  it("is nothing yet, where the watch begins", () => {
    assert.deepEqual(meaningOf(response({ created: true }), 8), { kind: "created" });
  });

  it("is to list again, where history is gone or the reader fell behind", () => {
    const compacted = response({ created: true, canceled: true, compact_revision: "50" });
    assert.deepEqual(meaningOf(compacted, 8), { kind: "relist" });
    assert.deepEqual(meaningOf({ kind: "overflow" }, 8), { kind: "relist" });
  });

  it("is to try another stream, where this one ended", () => {
    const noLeader = response({ canceled: true, cancel_reason: "etcdserver: no leader" });
    assert.deepEqual(meaningOf(noLeader, 8), { kind: "failed" });
    assert.deepEqual(meaningOf({ kind: "ended", cause: new Error("read ECONNRESET") }, 8), {
      kind: "failed",
    });
  });

  it("is to give up, where the store does not allow it", () => {
    const reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    for (const meaning of [
      meaningOf(response({ created: true, canceled: true, cancel_reason: reason, watch_id: "-1" }), 8),
      meaningOfEnd(new Error("7 PERMISSION_DENIED: etcdserver: permission denied")),
    ]) {
      assert.ok(meaning.kind === "refused");
      assert.equal(meaning.error.code, "denied");
    }
  });
});
