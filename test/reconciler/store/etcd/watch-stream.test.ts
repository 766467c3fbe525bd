import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, it } from "node:test";
import type { IWatchRequest } from "etcd3";
import type { Endpoint } from "../../../../reconciler/store/etcd/endpoints.ts";
import { prefixRange } from "../../../../reconciler/store/etcd/messages.ts";
import { WatchStream } from "../../../../reconciler/store/etcd/watch-stream.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

/** The server's end of a stream. */
class FakeStream extends EventEmitter {
  readonly written: IWatchRequest[] = [];
  cancelled = false;

  write(request: IWatchRequest): void {
    this.written.push(request);
  }

  end(): void {}

  cancel(): void {
    this.cancelled = true;
  }

  say(fields: { created?: boolean; fragment?: boolean; keys?: readonly string[]; bytes?: number }): void {
    const value = Buffer.alloc(fields.bytes ?? 0);
    const events = (fields.keys ?? []).map((key) => ({ type: "Put", kv: { key: Buffer.from(key), value } }));
    this.emit("data", { created: false, fragment: false, ...fields, events });
  }
}

async function open() {
  const clock = new FakeClock();
  const server = new FakeStream();
  const endpoint = { client: { watchClient: { watch: async () => server } } } as unknown as Endpoint;
  const times = { silenceMs: 5_000, answerMs: 1_000 };
  const stream = await WatchStream.open(endpoint, { clock, times, range: prefixRange("/a/"), after: 41 });
  return { clock, server, stream };
}

async function keysOf(stream: WatchStream): Promise<readonly string[]> {
  const message = await stream.next();
  assert.ok(message.kind === "response");
  return message.response.events.map(({ kv }) => kv.key.toString());
}

describe("a watch stream", () => {
  it("asks for what comes after a revision", async () => {
    const { server } = await open();
    const [request] = server.written;
    assert.equal(request?.create_request?.key?.toString(), "/a/");
    assert.equal(request.create_request.range_end?.toString(), "/a0");
    assert.equal(request.create_request.start_revision, 42);
  });

  it("puts together what the server sends in parts", async () => {
    const { server, stream } = await open();
    server.say({ keys: ["/a/1"], fragment: true });
    server.say({ keys: ["/a/2"], fragment: true });
    server.say({ keys: ["/a/3"] });
    server.say({ keys: ["/a/4"] });
    assert.deepEqual(await keysOf(stream), ["/a/1", "/a/2", "/a/3"]);
    assert.deepEqual(await keysOf(stream), ["/a/4"]);
  });

  it("has ended where the server does not take the watch up in time", async () => {
    const { clock, server, stream } = await open();
    const next = stream.next();
    await clock.advance(1_000);
    assert.equal((await next).kind, "ended");
    assert.equal(server.written.length, 1);
  });

  it("is asked for a sign of life when it is silent, and lives on with one", async () => {
    const { clock, server, stream } = await open();
    server.say({ created: true });
    await stream.next();
    const next = stream.next();
    await clock.advance(4_999);
    assert.equal(server.written.length, 1);
    await clock.advance(1);
    assert.deepEqual(server.written[1], { progress_request: {} });
    server.say({});
    assert.equal((await next).kind, "response");
    assert.equal(clock.pending, 0);
  });

  it("has ended where it is silent even then", async () => {
    const { clock, server, stream } = await open();
    server.say({ created: true });
    await stream.next();
    const next = stream.next();
    await clock.advance(6_000);
    assert.equal((await next).kind, "ended");
  });

  it("gives out what came before it ended", async () => {
    const { server, stream } = await open();
    server.say({ keys: ["/a/1"] });
    server.emit("error", new Error("gone"));
    assert.deepEqual(await keysOf(stream), ["/a/1"]);
    assert.deepEqual(await stream.next(), { kind: "ended", cause: new Error("gone") });
  });

  it("holds only so much for a reader that does not read, and then says so", async () => {
    const { server, stream } = await open();
    const bytes = 10 * 1024 * 1024;
    for (let n = 0; n < 7; n += 1) server.say({ keys: [`/a/${n}`], bytes });
    assert.equal(server.cancelled, true);
    server.say({ keys: ["/a/late"], bytes });
    for (let n = 0; n < 7; n += 1) assert.deepEqual(await keysOf(stream), [`/a/${n}`]);
    assert.deepEqual(await stream.next(), { kind: "overflow" });
  });

  it("wakes its reader when it is closed", async () => {
    const { clock, server, stream } = await open();
    const next = stream.next();
    stream.close();
    stream.close();
    assert.equal((await next).kind, "ended");
    assert.equal(server.cancelled, true);
    assert.equal(clock.pending, 0);
  });
});
