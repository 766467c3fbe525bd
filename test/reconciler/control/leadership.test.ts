import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { campaign, type Leadership, leaderLeaseMs } from "../../../reconciler/control/leadership.ts";
import { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import type { Link } from "../../../reconciler/store/memory/link.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import { type Store, StoreError } from "../../../reconciler/store/store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const key = "/evenkeel/lab/leader";

/** Processes that stand for election, each with a client of one store. */
class Election {
  readonly clock = new FakeClock();
  /** When each came to lead, on the monotonic clock. */
  readonly wonAt = new Map<string, number>();
  readonly leaders = new Map<string, Leadership>();
  readonly #core = new StoreCore({ clock: this.clock });
  readonly #cut = new Set<string>();
  readonly #end = new AbortController();

  constructor(test: TestContext) {
    test.after(() => {
      this.#end.abort();
    });
  }

  async stand(id: string, change: (store: Store) => Store = (store) => store): Promise<void> {
    const { clock } = this;
    const link: Link = { call: async (operation) => this.#call(id, operation) };
    const store = change(new MemoryStore({ core: this.#core, clock, link }));
    const won = (leadership: Leadership): void => {
      this.leaders.set(id, leadership);
      this.wonAt.set(id, clock.monotonic());
    };
    campaign(store, key, id, clock, this.#end.signal).then(won, () => undefined);
    await clock.advance(1);
  }

  leader(id: string): Leadership {
    const leadership = this.leaders.get(id);
    assert.ok(leadership, `${id} does not lead`);
    return leadership;
  }

  /** No call of it reaches the store, or every call again. */
  cut(id: string, isCut: boolean): void {
    if (isCut) this.#cut.add(id);
    else this.#cut.delete(id);
  }

  #call<T>(id: string, operation: () => T): T {
    if (this.#cut.has(id)) throw new StoreError("unreachable", "it is cut off");
    return operation();
  }
}

/** A watch that never tells anything, as over a connection that died without a word. */
function deaf(store: Store): Store {
  return {
    get: (each) => store.get(each),
    list: (prefix) => store.list(prefix),
    transact: (transaction) => store.transact(transaction),
    grant: (ttlMs) => store.grant(ttlMs),
    close: () => store.close(),
    async *watch(prefix, after, signal) {
      for await (const event of store.watch(prefix, after, signal)) {
        if (signal.aborted) yield event;
      }
    },
  };
}

describe("the election", () => {
  it("lets one lead, and the others stand by for as long as it lives", async (test) => {
    const election = new Election(test);
    for (const id of ["r1", "r2", "r3"]) await election.stand(id);
    await election.clock.advance(1_000_000);
    assert.deepEqual([...election.leaders.keys()], ["r1"]);
    assert.equal(election.leader("r1").lost.aborted, false);
  });

  it("hands over in no time when the leader resigns", async (test) => {
    const election = new Election(test);
    for (const id of ["r1", "r2", "r3"]) await election.stand(id);
    await election.clock.advance(12_345);
    const resignedAt = election.clock.monotonic();
    await election.leader("r1").resign();
    await election.clock.advance(0);
    const [, successor] = election.leaders.keys();
    assert.ok(successor);
    assert.equal(election.wonAt.get(successor), resignedAt);
    assert.equal(election.leaders.size, 2);
  });

  it("hands over within the lease when the leader is cut off, who knows it before the next one leads", async (test) => {
    const election = new Election(test);
    for (const id of ["r1", "r2"]) await election.stand(id);
    await election.clock.advance(12_345);
    let lostAt = Number.POSITIVE_INFINITY;
    election.leader("r1").lost.addEventListener("abort", () => (lostAt = election.clock.monotonic()));
    const cutAt = election.clock.monotonic();
    election.cut("r1", true);
    await election.clock.advance(2 * leaderLeaseMs);
    const wonAt = election.wonAt.get("r2") ?? Number.POSITIVE_INFINITY;
    assert.ok(wonAt - cutAt <= leaderLeaseMs, `it took ${wonAt - cutAt} ms`);
    assert.ok(lostAt <= wonAt, `lost at ${lostAt}, taken over at ${wonAt}`);
  });

  it("hands over within one and a half leases to one whose watch is dead", async (test) => {
    const election = new Election(test);
    await election.stand("r1");
    await election.stand("r2", deaf);
    await election.clock.advance(12_345);
    const cutAt = election.clock.monotonic();
    election.cut("r1", true);
    await election.clock.advance(2 * leaderLeaseMs);
    const wonAt = election.wonAt.get("r2") ?? Number.POSITIVE_INFINITY;
    assert.ok(wonAt - cutAt <= 1.5 * leaderLeaseMs, `it took ${wonAt - cutAt} ms`);
  });

  it("goes on by itself when the store is back", async (test) => {
    const election = new Election(test);
    for (const id of ["r1", "r2"]) await election.stand(id);
    for (const cutForMs of [1_000, 9_000, 11_000, 60_000]) {
      const [leader] = [...election.leaders].find(([, { lost }]) => !lost.aborted) ?? ["nobody"];
      const other = leader === "r1" ? "r2" : "r1";
      for (const id of ["r1", "r2"]) election.cut(id, true);
      await election.clock.advance(cutForMs);
      election.cut(other, false);
      const backAt = election.clock.monotonic();
      await election.clock.advance(2 * leaderLeaseMs);
      const wonAt = election.wonAt.get(other) ?? Number.POSITIVE_INFINITY;
      assert.ok(wonAt - backAt <= leaderLeaseMs, `${other} took ${wonAt - backAt} ms`);
      election.cut(leader, false);
      await election.stand(leader);
    }
  });
});
