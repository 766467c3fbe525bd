import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { objectId, type ObjectId } from "../../../reconciler/model/names.ts";
import { encode } from "../../../reconciler/store/codec.ts";
import { limits, type Store, StoreError, type Transaction } from "../../../reconciler/store/store.ts";
import { Applies, type Documents, loadedOf } from "../../support/applies.ts";
import { type Document, node, vm } from "../../support/plan/model-cluster.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const lan: Document = { kind: "Network", name: "lan", type: "bridge", bridge: "br0" };

function cluster(...documents: readonly Document[]): Map<ObjectId, Document> {
  const all = [node("hv1"), lan, ...documents];
  return new Map(all.map((document) => [objectId(document.kind, document.name), document]));
}

/** VMs that come, change, get NICs and go. */
function edited(
  before: ReadonlyMap<ObjectId, Document>,
  random: SeededRandom,
  born = random.below(40),
): Map<ObjectId, Document> {
  const after = new Map(before);
  for (const [id, document] of before) {
    if (document.kind !== "VM") continue;
    const change = random.below(10);
    if (change === 0) after.delete(id);
    if (change === 1 || change === 2)
      after.set(id, { ...document, memory: `${String(1 + random.below(8))}GiB` });
    if (change === 3) {
      after.set(id, { ...document, nics: [{ name: `eth${String(random.below(2))}`, network: "lan" }] });
    }
  }
  for (let count = born; count >= 0; count--) {
    const name = `vm${String(random.below(1_000))}`;
    if (!after.has(`VM/${name}`)) after.set(`VM/${name}`, vm(name));
  }
  return after;
}

/** How the store fails at one write: whether it was carried out, and whether the one who wrote lives on. */
const faults = [
  { written: false, lives: false },
  { written: true, lives: false },
  { written: false, lives: true },
  { written: true, lives: true },
] as const;

/** A client whose `at`-th write (from 0) fails as told. */
function failing(
  store: Store,
  at: number,
  fault: (typeof faults)[number],
): { store: Store; hit: () => boolean } {
  let writes = 0;
  let dead = false;
  const alive = <T>(work: () => Promise<T>): Promise<T> =>
    dead ? Promise.reject(new StoreError("unreachable", "dead")) : work();
  const transact = async (transaction: Transaction) => {
    const isHit = writes++ === at;
    if (!isHit) return store.transact(transaction);
    dead = !fault.lives;
    if (fault.written) await store.transact(transaction);
    throw new StoreError("ambiguous", "the connection broke");
  };
  return {
    hit: () => writes > at,
    store: {
      ...store,
      get: (key) => alive(() => store.get(key)),
      list: (prefix) => alive(() => store.list(prefix)),
      transact: (transaction) => alive(() => transact(transaction)),
    },
  };
}

/** A client each of whose calls takes its own time, so that two of them mix in every way. */
function slow(store: Store, random: SeededRandom): Store {
  const pause = async (): Promise<void> => {
    for (let turns = random.below(6); turns > 0; turns--)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
    await pause();
    const answer = await work();
    await pause();
    return answer;
  };
  return {
    ...store,
    get: (key) => slowly(() => store.get(key)),
    list: (prefix) => slowly(() => store.list(prefix)),
    transact: (transaction) => slowly(() => store.transact(transaction)),
  };
}

/** Calls `before` ahead of every transaction that puts the head. */
function beforeHead(applies: Applies, before: () => Promise<unknown>): Store {
  const store = applies.client();
  return {
    ...store,
    transact: async (transaction) => {
      if (transaction.then.some((operation) => "put" in operation && operation.put === applies.keys.head)) {
        await before();
      }
      return store.transact(transaction);
    },
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof KeelError && error.code === "apply-conflict";
}

async function digestInForce(applies: Applies): Promise<string | undefined> {
  return (await applies.state()).applied.head?.digest;
}

describe("an apply that is killed at any of its writes", () => {
  for (const fault of faults) {
    const words = `${fault.written ? "written" : "not written"}, ${fault.lives ? "and the writer lives" : "and the writer dies"}`;
    it(`leaves the old state or the new one, and the next apply repairs (${words})`, async () => {
      let killed = 0;
      for (let seed = 1; seed <= 4; seed++) {
        for (let at = 0; await killedAt(at, seed, fault); at++) killed++;
      }
      assert.ok(killed >= 12, `only ${String(killed)} writes were killed`);
    });
  }
});

/** Whether the apply had so many writes. */
async function killedAt(at: number, seed: number, fault: (typeof faults)[number]): Promise<boolean> {
  const random = new SeededRandom(seed);
  const applies = new Applies();
  const old = edited(cluster(), random);
  await applies.apply(old);
  // So many in one of them that each kind of write takes several transactions.
  const wanted = seed === 1 ? edited(old, random, 300) : edited(old, random);
  const faulty = failing(applies.client(), at, fault);
  const end = await applies.apply(wanted, { store: faulty.store }).catch((error: unknown) => error);
  const digest = await digestInForce(applies);
  if (end instanceof Error) assert.ok(end instanceof StoreError, end.message);
  else assert.equal(digest, loadedOf(wanted).digest, `seed ${String(seed)}`);
  assert.ok([loadedOf(old).digest, loadedOf(wanted).digest].includes(digest ?? ""));
  const next = random.chance(0.5) ? wanted : edited(wanted, random);
  await applies.apply(next);
  assert.equal(await digestInForce(applies), loadedOf(next).digest);
  await applies.collect();
  assert.deepEqual(await applies.orphans(), [], `seed ${String(seed)}, write ${String(at)}`);
  return faulty.hit();
}

describe("two applies at once", () => {
  it("end with one in force and the other told, however their calls mix", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new SeededRandom(seed);
      const applies = new Applies();
      const old = edited(cluster(), random);
      if (random.chance(0.7)) await applies.apply(old);
      const base = await applies.state();
      const shared = vm("shared", { nics: [{ name: "eth0", network: "lan" }] });
      const wanted: Documents[] = [1, 2].map((_, index) =>
        new Map(edited(old, random))
          .set("VM/shared", shared)
          .set(`VM/only${String(index)}`, vm(`only${String(index)}`)),
      );
      const ends = await Promise.allSettled(
        wanted.map((documents) => applies.apply(documents, { base, store: slow(applies.client(), random) })),
      );
      const winner = ends.findIndex((end) => end.status === "fulfilled");
      const loser = ends[1 - winner];
      assert.ok(loser?.status === "rejected" && isConflict(loser.reason), `seed ${String(seed)}`);
      assert.equal(await digestInForce(applies), loadedOf(wanted[winner] ?? new Map()).digest);
      assert.equal((await applies.state()).applied.desired.vms.has(`only${String(1 - winner)}`), false);
    }
  });

  it("never give a VM that is in force another UUID, also where the loser comes later", async () => {
    const applies = new Applies();
    const base = await applies.state();
    const store = applies.client();
    let isLate = false;
    const late: Store = {
      ...store,
      transact: async (transaction) => {
        if (!isLate) {
          isLate = true;
          await applies.apply(cluster(vm("web")));
        }
        return store.transact(transaction);
      },
    };
    await assert.rejects(applies.apply(cluster(vm("web"), vm("db")), { base, store: late }), isConflict);
    const { identities } = await applies.state();
    assert.deepEqual([...identities.keys()].sort(), ["db", "web"]);
  });
});

describe("an apply during a collection", () => {
  it("begins again where objects that it may rely on were collected", async () => {
    const applies = new Applies();
    await applies.apply(cluster(vm("a")));
    let collections = 0;
    const store = beforeHead(applies, async () => {
      if (collections++ > 0) return;
      assert.equal((await applies.collect()).objects, 1);
    });
    const head = await applies.apply(cluster(vm("a"), vm("b")), { store });
    assert.deepEqual([head.generation, collections], [2, 2]);
    assert.deepEqual(await applies.orphans(), []);
  });

  it("gives up after the third time", async () => {
    const applies = new Applies();
    let collections = 0;
    const { keys } = applies;
    const store = beforeHead(applies, async () => {
      const put = { put: keys.collection, value: encode({ at: collections++ }) };
      await applies.client().transact({ compare: [], then: [put] });
    });
    await assert.rejects(applies.apply(cluster(vm("a")), { store }), isConflict);
    assert.equal(collections, 3);
    assert.equal((await applies.state()).applied.head, null);
  });

  it("finds all that its head names, however the two mix", async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new SeededRandom(seed);
      const applies = new Applies();
      let documents = edited(cluster(), random);
      await applies.apply(documents);
      const applying = async (): Promise<void> => {
        for (let round = 0; round < 3; round++) {
          documents = edited(documents, random);
          await applies.apply(documents, { store: slow(applies.client(), random) });
        }
      };
      const collecting = async (): Promise<void> => {
        for (let round = 0; round < 6; round++) await applies.collect(slow(applies.client(), random));
      };
      await Promise.all([applying(), collecting()]);
      await applies.collect();
      assert.deepEqual(await applies.orphans(), [], `seed ${String(seed)}`);
      assert.equal(await digestInForce(applies), loadedOf(documents).digest);
    }
  });
});

describe("a head", () => {
  it("tells how many documents it added, changed and removed", async () => {
    const applies = new Applies();
    await applies.apply(cluster(vm("a"), vm("b"), vm("c")));
    const head = await applies.apply(cluster(vm("a"), vm("b", { memory: "2GiB" }), vm("d"), vm("e")));
    assert.deepEqual(head.changes, { added: 2, changed: 1, removed: 1 });
  });

  it("names what is there, or nothing is read of it: an object that is missing is no empty cluster", async () => {
    const applies = new Applies();
    const { parts } = await applies.apply(cluster(vm("a"), vm("b")));
    const [digest] = Object.values(parts);
    assert.ok(digest !== undefined);
    const lost = { compare: [], then: [{ delete: applies.keys.object(digest) }] };
    await assert.rejects(applies.client().transact(lost), /which is not there/);
    const state = await applies.state();
    assert.throws(() => state.applied, /which is not there/);
    await assert.rejects(applies.apply(cluster()), /which is not there/);
  });
});

describe("an apply of 3,000 VMs", () => {
  it("keeps each transaction within what a store takes", async () => {
    const applies = new Applies();
    const store = applies.client();
    const sizes: number[] = [];
    const counted: Store = {
      ...store,
      transact: (transaction) => {
        sizes.push(Math.max(transaction.then.length, transaction.compare.length));
        assert.ok(JSON.stringify(transaction).length < limits.requestBytes);
        return store.transact(transaction);
      },
    };
    const vms = Array.from({ length: 3_000 }, (_, index) => vm(`vm${String(index)}`));
    await applies.apply(cluster(...vms), { store: counted });
    assert.ok(sizes.length < 40, `${String(sizes.length)} transactions`);
    assert.ok(Math.max(...sizes) <= limits.operations);
  });
});
