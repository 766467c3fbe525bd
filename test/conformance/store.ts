import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import type { Store } from "../../reconciler/store/store.ts";
import { describeReads } from "./store-reads.ts";
import { describeHeartbeat } from "./store-heartbeat.ts";
import type { StoreEnvironment, Subject } from "./store-subject.ts";
import { describeTransactions } from "./store-transactions.ts";
import { describeWatches } from "./store-watches.ts";
import { describeLeases } from "./store-leases.ts";

/** What `store.ts` promises. Every implementation must pass all of it. */
export function describeStore(name: string, makeEnvironment: () => Promise<StoreEnvironment>): void {
  describe(`the store contract, kept by ${name}`, { timeout: 120_000 }, () => {
    let environment: StoreEnvironment | null = null;
    let store: Store | null = null;
    let prefixes = 0;
    before(async () => {
      environment = await makeEnvironment();
      store = environment.connect();
    });
    after(async () => environment?.close());
    const subject: Subject = {
      environment: () => environment ?? assert.fail("the environment was not made"),
      store: () => store ?? assert.fail("the environment was not made"),
      prefix: () => `/test/${(prefixes += 1)}/`,
    };
    describeReads(subject);
    describeTransactions(subject);
    describeWatches(subject);
    describeLeases(subject);
    describeHeartbeat(subject);
    describeOutage(makeEnvironment);
  });
}

function describeOutage(makeEnvironment: () => Promise<StoreEnvironment>): void {
  describe("when the store is gone", () => {
    let environment: StoreEnvironment | null = null;
    const subject = (): StoreEnvironment => environment ?? assert.fail("the environment was not made");
    before(async () => {
      environment = await makeEnvironment();
    });
    after(async () => environment?.close());

    it("ends every call with an error that says so, and aborts the leases", async () => {
      const store = subject().connect();
      await store.transact({ compare: [], then: [{ put: "/here", value: "1" }] });
      const lease = await store.grant(1000);
      const lost = new Promise((resolve) => lease.lost.addEventListener("abort", resolve, { once: true }));
      await subject().vanish();
      await assert.rejects(subject().elapse(store.get("/here")), { name: "StoreError", code: "unreachable" });
      await assert.rejects(subject().elapse(store.list("/")), { name: "StoreError", code: "unreachable" });
      await assert.rejects(
        subject().elapse(store.transact({ compare: [], then: [{ put: "/here", value: "2" }] })),
        (error: { readonly code?: unknown }) => error.code === "unreachable" || error.code === "ambiguous",
      );
      await assert.rejects(subject().elapse(store.grant(1000)), { name: "StoreError", code: "unreachable" });
      await subject().elapse(lost);
      assert.equal(lease.lost.aborted, true);
    });

    it("ends a watch all the same when it is told to", async () => {
      const store = subject().connect();
      const stop = new AbortController();
      const iterator = store.watch("/", 1, stop.signal)[Symbol.asyncIterator]();
      const next = iterator.next();
      stop.abort();
      assert.deepEqual(await subject().elapse(next), { done: true, value: undefined });
    });
  });
}
