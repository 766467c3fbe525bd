import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type {
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from "../../../../reconciler/store/embedded/messages.ts";
import { Quota } from "../../../../reconciler/store/embedded/quota.ts";
import { unary } from "../../../../reconciler/store/embedded/server-context.ts";
import { WatchSession } from "../../../../reconciler/store/embedded/watch-session.ts";
import { slowJournal, turns } from "./slow-journal.ts";
import { put } from "./store-files.ts";

/** The client's end of a stream, which takes only as many messages as it wants. */
class FakeStream extends EventEmitter {
  readonly received: WatchResponse[] = [];
  appetite = Infinity;
  ended = false;

  get writableNeedDrain(): boolean {
    return this.received.length >= this.appetite;
  }

  write(response: WatchResponse): void {
    this.received.push(response);
  }

  end(): void {
    this.ended = true;
  }

  create(fields: Partial<WatchCreateRequest> = {}): void {
    const create_request = {
      key: Buffer.from("/"),
      range_end: Buffer.from("0"),
      start_revision: "1",
      filters: [],
      prev_kv: false,
      watch_id: "0",
      ...fields,
    };
    const request: WatchRequest = { request_union: "create_request", create_request };
    this.emit("data", request);
  }

  keys(): readonly string[] {
    return this.received.flatMap(({ events = [] }) => events.map(({ kv }) => String(kv.key)));
  }
}

function session() {
  const slow = slowJournal();
  const stream = new FakeStream();
  const context = {
    core: slow.core,
    journal: slow.journal,
    quota: new Quota(slow.core, 1e9),
    storeId: "42",
    endpoint: "",
  };
  const watching = new WatchSession(
    context,
    stream as unknown as ServerDuplexStream<WatchRequest, WatchResponse>,
  );
  const ended = watching.run();
  /** Lets the disk finish the write that is under way. */
  const sync = async (): Promise<void> => {
    await turns();
    slow.log.writes.at(-1)?.end();
    await turns();
  };
  return { ...slow, context, stream, watching, ended, sync };
}

describe("what the embedded server tells", () => {
  it("is on the disk, when a watch tells it", async () => {
    const { core, stream, sync } = session();
    stream.create();
    put(core, "/a", "1");
    await turns();
    assert.deepEqual(stream.keys(), []);
    await sync();
    assert.deepEqual(stream.keys(), ["/a"]);
  });

  it("is on the disk, when a reader is told it", async () => {
    const { core, context, sync } = session();
    put(core, "/a", "1");
    let answer: unknown = null;
    const read = unary(context, () => core.revision);
    read({ request: null } as unknown as Parameters<typeof read>[0], (_error, value) => {
      answer = value;
    });
    await turns();
    assert.equal(answer, null);
    await sync();
    assert.equal(answer, 2);
  });

  it("waits in the history while a client does not read, and is then told in order", async () => {
    const { core, stream, sync } = session();
    stream.appetite = 2;
    stream.create();
    for (const key of ["/1", "/2", "/3"]) {
      put(core, key, "");
      await sync();
    }
    assert.deepEqual(stream.keys(), ["/1"]);
    stream.appetite = Infinity;
    stream.emit("drain");
    await turns();
    assert.deepEqual(stream.keys(), ["/1", "/2", "/3"]);
  });

  it("is that history is gone, to a client that fell behind it", async () => {
    const { core, stream, sync } = session();
    stream.appetite = 1;
    stream.create();
    put(core, "/1", "");
    put(core, "/2", "");
    core.compact(3);
    await sync();
    stream.appetite = Infinity;
    stream.emit("drain");
    await turns();
    const last = stream.received.at(-1);
    assert.deepEqual([last?.watch_id, last?.canceled, last?.compact_revision], [0, true, 3]);
    assert.deepEqual(stream.keys(), []);
  });

  it("is all that is wanted, however much is not wanted before it", async () => {
    const { core, stream, sync } = session();
    stream.create({ filters: [0] });
    for (const key of ["/1", "/2", "/3"]) put(core, key, "x".repeat(600_000));
    core.transact({
      conditions: [],
      success: [{ kind: "delete", range: { start: "/3", end: null } }],
      failure: [],
    });
    await sync();
    assert.deepEqual(stream.keys(), ["/3"]);
  });

  it("goes to each watch of a stream, under its number", async () => {
    const { core, stream, sync } = session();
    stream.create();
    stream.create({ key: Buffer.from("/b"), range_end: Buffer.alloc(0) });
    put(core, "/a", "");
    put(core, "/b", "");
    await sync();
    const told = stream.received.filter(({ events = [] }) => events.length > 0);
    assert.deepEqual(
      told.map(({ watch_id, events = [] }) => [watch_id, events.length]),
      [
        [0, 2],
        [1, 1],
      ],
    );
  });

  for (const end of ["end", "error", "cancelled"] as const) {
    it(`ends when the client's side says ${end}`, async () => {
      const { core, stream, ended, sync } = session();
      stream.create();
      stream.emit(end, new Error("gone"));
      await ended;
      put(core, "/late", "");
      await sync();
      assert.equal(stream.ended, true);
      assert.deepEqual(stream.keys(), []);
    });
  }
});
