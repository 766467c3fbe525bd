import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Collector } from "../../../reconciler/control/collector.ts";
import { HistoryReader, keptGenerations, readHistory } from "../../../reconciler/control/history.ts";
import { objectId } from "../../../reconciler/model/names.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import type { Store } from "../../../reconciler/store/store.ts";
import { Applies } from "../../support/applies.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { node, vm, vmId } from "../../support/plan/model-cluster.ts";

/** One VM more or less memory: a generation each. */
async function applyGenerations(applies: Applies, from: number, to: number): Promise<void> {
  for (let generation = from; generation <= to; generation++) {
    const documents = [node("hv1"), vm("web", { memory: `${String(generation)}MiB` })];
    await applies.apply(new Map(documents.map((each) => [objectId(each.kind, each.name), each])));
  }
}

describe("a collection", () => {
  it("keeps the newest generations whole, and takes away the others with what only they named", async () => {
    const applies = new Applies();
    await applyGenerations(applies, 1, keptGenerations + 30);
    const collected = await applies.collect();
    assert.deepEqual([collected.generations, collected.objects, collected.complete], [30, 30, true]);
    const store = applies.client();
    const generations = (await readHistory(store, applies.keys)).map(({ generation }) => generation);
    assert.deepEqual([generations.at(0), generations.at(-1), generations.length], [31, 130, 100]);
    const reader = new HistoryReader(store, applies.keys);
    for (const generation of generations) {
      const { document } = (await reader.read(generation)).documents.get(vmId("web")) ?? {};
      assert.deepEqual(document, { kind: "VM", name: "web", memory: `${String(generation)}MiB` });
    }
    assert.deepEqual(await applies.orphans(), []);
  });

  it("writes nothing where there is nothing to take away, and before the first apply", async () => {
    const applies = new Applies();
    await applies
      .client()
      .transact({ compare: [], then: [{ put: applies.keys.object("early"), value: "{}" }] });
    assert.equal((await applies.collect()).revision, 0);
    await applyGenerations(applies, 1, 1);
    assert.equal((await applies.collect()).objects, 1);
    assert.equal((await applies.collect()).revision, 0);
  });

  it("deletes in small transactions, each of which tells the applies", async () => {
    const applies = new Applies();
    await applyGenerations(applies, 1, 2);
    const orphans = Array.from({ length: 250 }, (_, index) => applies.keys.object(`orphan${String(index)}`));
    for (const put of orphans) await applies.client().transact({ compare: [], then: [{ put, value: "{}" }] });
    const store = applies.client();
    const operations: number[] = [];
    const counted: Store = {
      ...store,
      transact: (transaction) => {
        operations.push(transaction.then.length);
        assert.ok(transaction.then.some((each) => "put" in each && each.put === applies.keys.collection));
        return store.transact(transaction);
      },
    };
    await applies.collect(counted);
    assert.deepEqual(operations, [100, 100, 53]);
  });

  it("ends at once where its writer leads no more", async () => {
    const applies = new Applies();
    await applyGenerations(applies, 1, 1);
    const orphan = applies.keys.object("orphan");
    await applies.client().transact({ compare: [], then: [{ put: orphan, value: "{}" }] });
    const guard = [{ key: applies.keys.leader, createRevision: 7 }];
    const { complete, revision } = await applies.collect(applies.client(), guard);
    assert.deepEqual([complete, revision], [false, 0]);
    assert.deepEqual(await applies.orphans(), ["orphan"]);
  });

  it("takes nothing away where something that is kept is not whole", async () => {
    const applies = new Applies();
    await applyGenerations(applies, 1, 3);
    const store = applies.client();
    const old = (await readHistory(store, applies.keys))[1];
    const inForce = new Set(Object.values((await applies.state()).applied.head?.parts ?? {}));
    const digest = Object.values(old?.parts ?? {}).find((each) => !inForce.has(each)) ?? "";
    const orphan = { put: applies.keys.object("orphan"), value: "{}" };
    await store.transact({ compare: [], then: [{ delete: applies.keys.object(digest) }, orphan] });
    await assert.rejects(applies.collect(), /is not there/);
    assert.deepEqual(await applies.orphans(), ["orphan"]);
    const reader = new HistoryReader(store, applies.keys);
    await assert.rejects(reader.read(2), /generation 2 names object/);
  });
});

describe("the collector", () => {
  it("collects after a new head, and at most every ten minutes", async () => {
    const applies = new Applies();
    await applyGenerations(applies, 1, 1);
    const collector = new Collector(applies.clock, silentLog);
    const options = { store: applies.client(), keys: applies.keys, guard: [], now: 0 };
    const turn = async () => collector.turn((await applies.state()).applied.revision, options);
    const litter = () =>
      applies.client().transact({ compare: [], then: [{ put: applies.keys.object("orphan"), value: "{}" }] });
    await litter();
    assert.ok((await turn()).revision > 0);
    assert.deepEqual(await turn(), { revision: 0, wakeInMs: null });
    await litter();
    await applyGenerations(applies, 2, 2);
    assert.deepEqual(await turn(), { revision: 0, wakeInMs: 600_000 });
    await applies.clock.advance(599_000);
    assert.deepEqual(await turn(), { revision: 0, wakeInMs: 1_000 });
    await applies.clock.advance(1_000);
    assert.ok((await turn()).revision > 0);
    assert.deepEqual(await applies.orphans(), []);
  });

  it("is part of the leader's turns", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web"));
    const orphan = scene.cluster.keys.object("orphan");
    const store = scene.cluster.client();
    await scene.advance(5_000);
    await store.transact({ compare: [], then: [{ put: orphan, value: "{}" }] });
    await scene.edit(vmId("web"), { memory: "2GiB" });
    await scene.advance(60_000);
    assert.notEqual(await store.get(orphan), null);
    await scene.advance(600_000);
    assert.equal(await store.get(orphan), null);
    assert.equal(scene.vm("web").state, "running");
    await scene.end();
  });
});
