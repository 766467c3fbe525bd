import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Readable } from "node:stream";
import { EventStreams } from "../../../reconciler/api/event-streams.ts";
import { parsePosition } from "../../../reconciler/api/event-stream.ts";
import { EventLog, eventsKept } from "../../../reconciler/control/event-log.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { FollowedStore } from "../../support/followed-store.ts";

/** A store with events in it, and whoever follows them. */
async function opened() {
  const followed = await FollowedStore.open();
  const { clock, feed, keys, store } = followed;
  const streams = new EventStreams({ feed, store, keys, clock, log: silentLog });
  const log = new EventLog(keys, "r1", () => clock.now(), 0);
  /** Events of one transaction. */
  const happen = (...texts: readonly string[]) =>
    store.transact({
      compare: [],
      then: texts.map((text) => log.put({ object: "VM/web1", level: "note", code: "start", text })),
    });
  const follow = (after: string | null = null) =>
    new Follower(streams.open(after === null ? null : parsePosition(after)));
  await happen("before");
  await clock.advance(0);
  return {
    clock,
    store,
    streams,
    happen,
    follow,
    [Symbol.asyncDispose]: () => followed[Symbol.asyncDispose](),
  };
}

/** Reads a stream as a browser does. */
class Follower {
  readonly stream: Readable;
  #text = "";
  #heard: (() => void) | null = null;

  constructor(stream: Readable) {
    this.stream = stream.setEncoding("utf8").on("data", (text: string) => {
      this.#text += text;
      this.#heard?.();
    });
  }

  get text(): string {
    return this.#text;
  }

  get messages(): readonly { readonly id: string; readonly event: string; readonly text: string }[] {
    return [...this.#text.matchAll(/id: (.+)\nevent: (.+)\ndata: (.+)\n\n/g)].map(
      ([, id = "", event = "", data = ""]) => ({
        id,
        event,
        text: (JSON.parse(data) as { text?: string }).text ?? "",
      }),
    );
  }

  /** Resolves once the text is there. */
  async hears(text: string): Promise<void> {
    while (!this.#text.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  texts(): readonly string[] {
    return this.messages.map(({ event, text }) => (event === "event" ? text : event));
  }
}

describe("the events as a stream", () => {
  it("tell what happens from now on, each once and in order", async () => {
    await using cluster = await opened();
    const follower = cluster.follow();
    await cluster.happen("one");
    await cluster.happen("two", "three");
    await follower.hears("three");
    assert.deepEqual(follower.texts(), ["one", "two", "three"]);
    assert.equal(new Set(follower.messages.map(({ id }) => id)).size, 3);
  });

  it("go on from the last that was read, also from the middle of a transaction", async () => {
    await using cluster = await opened();
    const first = cluster.follow();
    await cluster.happen("one");
    await cluster.happen("two", "three");
    await first.hears("three");
    first.stream.destroy();
    await cluster.happen("four");
    for (const [at, expected] of [
      [0, ["two", "three", "four"]],
      [1, ["three", "four"]],
      [2, ["four"]],
    ] as const) {
      const again = cluster.follow(first.messages[at]?.id ?? "");
      await again.hears("four");
      assert.deepEqual(again.texts(), expected);
    }
  });

  it("say that something is missing, where it is no longer kept", async () => {
    await using cluster = await opened();
    const first = cluster.follow();
    await cluster.happen("one");
    await first.hears("one");
    for (let number = 0; number <= eventsKept; number++) await cluster.happen(`more ${String(number)}.`);
    const again = cluster.follow(first.messages[0]?.id ?? "");
    await again.hears(`more ${String(eventsKept)}.`);
    assert.equal(again.texts()[0], "resync");
    assert.equal(again.texts().length, 1 + eventsKept);
  });

  it("say so where the store is not the one that was read", async () => {
    await using cluster = await opened();
    const follower = cluster.follow("999999");
    await follower.hears("resync");
    await cluster.happen("one");
    await follower.hears("one");
    assert.deepEqual(follower.texts(), ["resync", "one"]);
  });

  it("show that they are alive while nothing happens", async () => {
    await using cluster = await opened();
    const follower = cluster.follow();
    await follower.hears(": still here");
    await cluster.clock.advance(46_000);
    assert.equal(follower.text.split(": still here").length - 1, 4);
  });

  it("are for so many at a time, and a place is free when somebody goes", async () => {
    await using cluster = await opened();
    const all = Array.from({ length: 128 }, () => cluster.streams.open(null));
    assert.throws(() => cluster.streams.open(null), { code: "overloaded" });
    all[0]?.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    cluster.streams.open(null).destroy();
    for (const stream of all) stream.destroy();
  });

  it("end for whoever does not read them", async () => {
    await using cluster = await opened();
    const stream = cluster.streams.open(null);
    const closed = new Promise((resolve) => stream.once("close", resolve));
    for (let number = 0; !stream.destroyed; number++) {
      assert.ok(number < 20);
      await cluster.happen(...Array.from({ length: 10 }, () => "x".repeat(20_000)));
    }
    await closed;
  });
});
