import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import {
  connectStore,
  type ConnectOptions,
  type EtcdStore,
} from "../../../../reconciler/store/etcd/etcd-store.ts";
import type { WatchEvent } from "../../../../reconciler/store/store.ts";
import { startEmbedded, type Embedded } from "../../../support/etcd-embedded.ts";
import { startProxy, type Proxy } from "../../../support/etcd-proxy.ts";

/** Long enough for a machine that is busy with other tests. */
const requestTimeoutMs = 1_000;
const leaseMs = 3_000;

/** One store behind two wires, as two members of one etcd. */
interface Wires {
  readonly server: Embedded;
  readonly first: Proxy;
  readonly second: Proxy;
}

describe("the etcd adapter, when the wire fails", { timeout: 60_000 }, () => {
  let wires: Wires | null = null;
  const { first, second, server } = {
    first: () => wires?.first ?? assert.fail("not started"),
    second: () => wires?.second ?? assert.fail("not started"),
    server: () => wires?.server ?? assert.fail("not started"),
  };

  before(async () => {
    const embedded = await startEmbedded();
    wires = {
      server: embedded,
      first: await startProxy(embedded.endpoint),
      second: await startProxy(embedded.endpoint),
    };
  });
  beforeEach(() => {
    first().mend();
    second().mend();
  });
  after(async () => {
    await wires?.first.close();
    await wires?.second.close();
    await wires?.server.close();
  });

  const connect = (
    test: TestContext,
    proxies: readonly Proxy[],
    options: Partial<ConnectOptions> = {},
  ): EtcdStore => {
    const endpoints = proxies.map(({ endpoint }) => endpoint);
    const store = connectStore({ endpoints, clock: systemClock, requestTimeoutMs, ...options });
    test.after(() => store.close());
    return store;
  };
  const direct = (test: TestContext): EtcdStore => {
    const store = connectStore({ endpoints: [server().endpoint], clock: systemClock });
    test.after(() => store.close());
    return store;
  };
  const put = (key: string, value = "1") => ({ compare: [], then: [{ put: key, value }] });

  /** Fails where a call takes longer than the time that its deadlines add up to. */
  const within = async <T>(ms: number, call: () => Promise<T>): Promise<T> => {
    const start = systemClock.monotonic();
    try {
      return await call();
    } finally {
      const took = systemClock.monotonic() - start;
      assert.ok(took < ms + 1_000, `it took ${took} ms`);
    }
  };

  it("says that a write is ambiguous where its answer was lost, and it may well have been made", async (test) => {
    const store = connect(test, [first()]);
    await store.get("/a");
    first().swallowAnswers();
    await within(requestTimeoutMs, () =>
      assert.rejects(store.transact(put("/ambiguous")), { name: "StoreError", code: "ambiguous" }),
    );
    assert.equal((await direct(test).get("/ambiguous"))?.value, "1");
  });

  it("says that a write is ambiguous where the connection broke after it was sent", async (test) => {
    const store = connect(test, [first()]);
    await store.get("/a");
    first().swallowAnswers();
    const sent = first().asked;
    const write = store.transact(put("/cut"));
    while (first().asked === sent) await systemClock.sleep(1);
    first().cut();
    await assert.rejects(write, { name: "StoreError", code: "ambiguous" });
  });

  it("does not send an ambiguous write a second time, to whichever member", async (test) => {
    const store = connect(test, [first(), second()]);
    const key = "/once";
    await store.get(key);
    first().swallowAnswers();
    second().swallowAnswers();
    await assert.rejects(store.transact(put(key)), { code: "ambiguous" });
    const found = await direct(test).get(key);
    assert.equal(found?.createRevision, found?.modRevision);
    assert.notEqual(found, null);
  });

  it("gives up a read in time where nobody answers", async (test) => {
    const store = connect(test, [first(), second()]);
    first().freeze();
    second().freeze();
    await within(2 * requestTimeoutMs, () => assert.rejects(store.get("/a"), { code: "unreachable" }));
    await within(2 * requestTimeoutMs, () => assert.rejects(store.list("/a"), { code: "unreachable" }));
  });

  it("reads from another member where one hangs, and asks that one first from then on", async (test) => {
    const store = connect(test, [first(), second()]);
    await direct(test).transact(put("/read", "here"));
    await store.get("/read");
    first().freeze();
    assert.equal((await within(2 * requestTimeoutMs, () => store.get("/read")))?.value, "here");
    const asked = first().asked;
    assert.equal((await store.get("/read"))?.value, "here");
    assert.equal(first().asked, asked);
  });

  it("writes through another member where there is no connection to the first", async (test) => {
    const gone = await startProxy(server().endpoint);
    await gone.close();
    const store = connect(test, [gone, first()]);
    assert.equal((await store.transact(put("/elsewhere"))).ok, true);
  });

  it("works again as soon as the store does", async (test) => {
    const store = connect(test, [first()]);
    first().freeze();
    await assert.rejects(store.get("/a"), { code: "unreachable" });
    first().mend();
    assert.equal(await store.get("/never-put"), null);
    first().cut();
    assert.equal(await store.get("/never-put"), null);
  });

  it("keeps a lease while one of two members hangs", async (test) => {
    const store = connect(test, [first(), second()]);
    const lease = await store.grant(leaseMs);
    await direct(test).transact({ compare: [], then: [{ put: "/kept", value: "", lease: lease.id }] });
    first().freeze();
    // A lease that nobody renews is the clock: when it ends, more than the first one's time is over.
    const other = direct(test);
    const { id } = await other.grant(2 * leaseMs);
    const { revision } = await other.transact({
      compare: [],
      then: [{ put: "/clock", value: "", lease: id }],
    });
    await other.close();
    await nextEvent(direct(test), "/clock", revision);
    assert.equal(lease.lost.aborted, false);
    assert.notEqual(await direct(test).get("/kept"), null);
    await lease.revoke();
  });

  it("counts a lease as lost before the store does, where nobody answers", async (test) => {
    const store = connect(test, [first()]);
    const other = direct(test);
    const lease = await store.grant(leaseMs);
    const { revision } = await other.transact({
      compare: [],
      then: [{ put: "/cut-off", value: "", lease: lease.id }],
    });
    first().freeze();
    await untilAborted(lease.lost);
    assert.notEqual(await other.get("/cut-off"), null);
    const gone = await nextEvent(other, "/cut-off", revision);
    assert.ok(gone.type === "changes" && gone.changes[0]?.type === "delete");
  });

  it("resumes a watch through another member where the stream hangs, and loses nothing", async (test) => {
    const store = connect(test, [first(), second()], { silenceMs: 500 });
    const seen = watchKeys(store, "/hangs/");
    await seen.has("/hangs/0", () => direct(test).transact(put("/hangs/0")));
    first().freeze();
    second().freeze();
    for (let n = 1; n < 20; n += 1) await direct(test).transact(put(`/hangs/${n}`));
    second().mend();
    await seen.has("/hangs/19");
    seen.stop();
    assert.deepEqual(
      seen.keys,
      Array.from({ length: 20 }, (_, n) => `/hangs/${n}`),
    );
  });

  it("resumes a watch whose connection broke, as often as it breaks", async (test) => {
    const store = connect(test, [first(), second()]);
    const seen = watchKeys(store, "/breaks/");
    for (let n = 0; n < 6; n += 1) {
      await seen.has(`/breaks/${n}`, () => direct(test).transact(put(`/breaks/${n}`)));
      first().cut();
      second().cut();
    }
    seen.stop();
    assert.deepEqual(
      seen.keys,
      Array.from({ length: 6 }, (_, n) => `/breaks/${n}`),
    );
  });

  it("leaves a quiet watch alone that gives a sign of life", async (test) => {
    const store = connect(test, [first()], { silenceMs: 100 });
    const seen = watchKeys(store, "/quiet/");
    await seen.has("/quiet/0", () => direct(test).transact(put("/quiet/0")));
    for (let questions = 0; questions < 3; questions += 1) {
      const asked = first().asked;
      while (first().asked === asked) await systemClock.sleep(5);
    }
    await seen.has("/quiet/1", () => direct(test).transact(put("/quiet/1")));
    seen.stop();
    assert.deepEqual(seen.keys, ["/quiet/0", "/quiet/1"]);
  });
});

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function nextEvent(store: EtcdStore, prefix: string, after: number): Promise<WatchEvent> {
  for await (const event of store.watch(prefix, after, new AbortController().signal)) return event;
  return assert.fail("the watch ended");
}

/** The keys that a watch tells, while it goes on. */
function watchKeys(store: EtcdStore, prefix: string) {
  const stop = new AbortController();
  const keys: string[] = [];
  let told = (): void => undefined;
  const take = (event: WatchEvent): void => {
    assert.ok(event.type === "changes");
    keys.push(...event.changes.map((change) => (change.type === "put" ? change.item.key : change.key)));
    told();
  };
  const running = (async () => {
    for await (const event of store.watch(prefix, 1, stop.signal)) take(event);
  })();
  return {
    keys,
    stop: () => stop.abort(),
    /** Resolves when a key was told; `act` is what makes the store tell it. */
    has: async (key: string, act: () => Promise<unknown> = async () => undefined): Promise<void> => {
      await act();
      while (!keys.includes(key)) {
        const more = new Promise<void>((resolve) => {
          told = resolve;
        });
        await Promise.race([more, running]);
      }
    },
  };
}
