import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Condition, Relation } from "../../../../reconciler/store/core/condition.ts";
import type { CoreErrorCode } from "../../../../reconciler/store/core/core-error.ts";
import { keysWithPrefix, singleKey } from "../../../../reconciler/store/core/key-range.ts";
import type { RangeQuery } from "../../../../reconciler/store/core/range-query.ts";
import { StoreCore, type CoreOptions } from "../../../../reconciler/store/core/store-core.ts";
import type { CoreOperation } from "../../../../reconciler/store/core/transaction.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const all = { start: "", end: null };

function make(options: Partial<CoreOptions> = {}) {
  const clock = new FakeClock();
  const core = new StoreCore({ clock, ...options });
  const write = (...success: readonly CoreOperation[]) =>
    core.transact({ conditions: [], success, failure: [] });
  const put = (key: string, value = "", lease = "0") => write({ kind: "put", key, value, lease });
  const keys = (query: Partial<RangeQuery> = {}) =>
    core.range({ range: all, ...query }).records.map(({ key }) => key);
  return { clock, core, write, put, keys };
}

function fails(code: CoreErrorCode, run: () => unknown): void {
  assert.throws(run, { name: "CoreError", code });
}

describe("conditions of a transaction in the core", () => {
  const { core, put } = make();
  put("a", "m");
  put("a", "m", core.grant(1000, "77").id);
  put("b", "z");
  const holds = (condition: Condition): boolean =>
    core.transact({ conditions: [condition], success: [], failure: [] }).succeeded;

  const table: readonly (readonly [
    string,
    Relation,
    "version" | "createRevision" | "modRevision",
    number,
    boolean,
  ])[] = [
    ["a", "equal", "version", 2, true],
    ["a", "less", "version", 2, false],
    ["a", "greater", "version", 1, true],
    ["a", "notEqual", "createRevision", 2, false],
    ["a", "equal", "modRevision", 3, true],
    ["a", "less", "modRevision", 4, true],
    ["absent", "equal", "version", 0, true],
    ["absent", "equal", "modRevision", 0, true],
    ["absent", "greater", "createRevision", 0, false],
    ["absent", "less", "createRevision", 1, true],
  ];
  for (const [key, relation, field, operand, expected] of table) {
    it(`says ${expected} of ${key}: ${field} ${relation} ${operand}`, () => {
      assert.equal(holds({ range: singleKey(key), relation, field, operand }), expected);
    });
  }

  it("compares values by their bytes, and holds for no value of an absent key", () => {
    const value = (key: string, relation: Relation, operand: string): boolean =>
      holds({ range: singleKey(key), relation, field: "value", operand });
    assert.equal(value("a", "less", "\xc3\xa4"), true);
    assert.equal(value("a", "greater", "l"), true);
    assert.equal(value("a", "equal", "m"), true);
    assert.equal(value("absent", "equal", ""), false);
    assert.equal(value("absent", "notEqual", "x"), false);
  });

  it("compares leases as numbers", () => {
    const lease = (relation: Relation, operand: string): boolean =>
      holds({ range: singleKey("a"), relation, field: "lease", operand });
    assert.equal(lease("equal", "77"), true);
    assert.equal(lease("less", "100"), true);
    assert.equal(lease("greater", "9223372036854775807"), false);
  });

  it("holds for a range only where it holds for each of its keys", () => {
    const range = { start: "a", end: "c" };
    assert.equal(holds({ range, relation: "less", field: "modRevision", operand: 5 }), true);
    assert.equal(holds({ range, relation: "less", field: "modRevision", operand: 4 }), false);
  });
});

describe("transactions in the core", () => {
  it("carry out the other branch where a condition fails", () => {
    const { core, keys } = make();
    const outcome = core.transact({
      conditions: [{ range: singleKey("a"), relation: "greater", field: "version", operand: 0 }],
      success: [{ kind: "put", key: "yes", value: "", lease: "0" }],
      failure: [{ kind: "put", key: "no", value: "", lease: "0" }],
    });
    assert.deepEqual([outcome.succeeded, outcome.revision, keys()], [false, 2, ["no"]]);
  });

  it("read what they wrote before, and leave earlier revisions as they were", () => {
    const { write, put } = make();
    put("a", "old");
    const query = { range: all };
    const { results } = write(
      { kind: "put", key: "b", value: "new", lease: "0" },
      { kind: "range", query },
      { kind: "delete", range: singleKey("a") },
      { kind: "range", query },
      { kind: "range", query: { ...query, revision: 2 } },
    );
    const found = results.map((result) =>
      result.kind === "range" ? result.records.map(({ key }) => key) : result.kind,
    );
    assert.deepEqual(found, ["put", ["a", "b"], "delete", ["b"], ["a"]]);
  });

  it("tell what was there before", () => {
    const { write, put } = make();
    put("a", "1");
    const [before, deleted] = write(
      { kind: "put", key: "b", value: "2", lease: "0" },
      { kind: "delete", range: keysWithPrefix("a") },
    ).results;
    assert.deepEqual(before, { kind: "put", before: null });
    assert.ok(deleted?.kind === "delete");
    assert.deepEqual(
      deleted.deleted.map(({ value }) => value),
      ["1"],
    );
  });

  it("keep value or lease where they are told to, but only of a key that exists", () => {
    const { core, write, put } = make();
    const { id } = core.grant(1000);
    put("a", "1", id);
    write({ kind: "put", key: "a", value: "2", lease: { keep: true } });
    write({ kind: "put", key: "a", value: { keep: true }, lease: "0" });
    const [record] = core.range({ range: singleKey("a") }).records;
    assert.deepEqual([record?.value, record?.lease, record?.version], ["2", "0", 3]);
    assert.deepEqual(core.findLease(id)?.keys, []);
    fails("key-not-found", () => write({ kind: "put", key: "b", value: { keep: true }, lease: "0" }));
  });

  it("are refused before anything is written", () => {
    const { core, write, put } = make();
    put("a");
    const good = { kind: "put", key: "good", value: "", lease: "0" } as const;
    fails("empty-key", () => write(good, { ...good, key: "" }));
    fails("duplicate-key", () => write(good, good));
    fails("duplicate-key", () => write(good, { kind: "delete", range: all }));
    fails("lease-not-found", () => write(good, { ...good, key: "b", lease: "5" }));
    fails("future-revision", () => write(good, { kind: "range", query: { range: all, revision: 3 } }));
    assert.equal(core.revision, 2);
    assert.equal(core.size, 1);
  });

  it("check the branch that is not taken for keys named twice", () => {
    const { core } = make();
    const twice = { kind: "put", key: "a", value: "", lease: "0" } as const;
    fails("duplicate-key", () => core.transact({ conditions: [], success: [], failure: [twice, twice] }));
  });
});

describe("ranges in the core", () => {
  const { core, put, write, keys } = make();
  for (const [key, value] of [
    ["a", "3"],
    ["b", "1"],
    ["c", "2"],
    ["a", "3"],
  ] as const)
    put(key, value);
  write({ kind: "delete", range: singleKey("b") });
  put("b", "1");

  it("are sorted as asked, both ways", () => {
    assert.deepEqual(keys(), ["a", "b", "c"]);
    assert.deepEqual(keys({ sort: { by: "key", order: "descending" } }), ["c", "b", "a"]);
    assert.deepEqual(keys({ sort: { by: "value", order: "ascending" } }), ["b", "c", "a"]);
    assert.deepEqual(keys({ sort: { by: "createRevision", order: "ascending" } }), ["a", "c", "b"]);
    assert.deepEqual(keys({ sort: { by: "modRevision", order: "ascending" } }), ["c", "a", "b"]);
    assert.deepEqual(keys({ sort: { by: "version", order: "descending" } }), ["a", "b", "c"]);
  });

  it("are cut to a limit after they are sorted, and say that there is more", () => {
    const query = { range: all, limit: 1, sort: { by: "createRevision", order: "descending" } } as const;
    const { records, more, count } = core.range(query);
    assert.deepEqual([records.map(({ key }) => key), more, count], [["b"], true, 3]);
    assert.equal(core.range({ range: all, limit: 3 }).more, false);
  });

  it("hold only revisions within the bounds asked for, ends included", () => {
    assert.deepEqual(keys({ modRevision: { min: 5, max: 0 } }), ["a", "b"]);
    assert.deepEqual(keys({ modRevision: { min: 4, max: 5 } }), ["a", "c"]);
    assert.deepEqual(keys({ createRevision: { min: 0, max: 2 } }), ["a"]);
    assert.deepEqual(keys({ createRevision: { min: 3, max: 6 } }), ["c"]);
  });

  it("are only counted where nothing else is asked", () => {
    assert.deepEqual(core.range({ range: all, countOnly: true }), { records: [], more: false, count: 3 });
    assert.equal(core.range({ range: { start: "b", end: "a" }, countOnly: true }).count, 0);
  });
});

describe("the history of the core", () => {
  it("keeps as many revisions as it is told, and says what is gone", () => {
    const { core, put } = make({ history: { revisions: 3 } });
    for (let n = 0; n < 10; n += 1) put(`k${n}`);
    assert.equal(core.compacted, 8);
    assert.equal(core.range({ range: all, revision: 8 }).count, 7);
    fails("compacted", () => core.range({ range: all, revision: 7 }));
    assert.equal(core.changesSince(7, all, core.revision, Infinity).compacted, true);
    assert.equal(core.changesSince(8, all, core.revision, Infinity).compacted, false);
  });

  it("keeps fewer where they are large, but the last one always", () => {
    const { core, put } = make({ history: { bytes: 1_000 } });
    put("a", "x".repeat(400));
    put("b", "x".repeat(400));
    assert.equal(core.compacted, 0);
    put("c", "x".repeat(10_000));
    assert.equal(core.compacted, 3);
    assert.equal(core.range({ range: all, revision: 3 }).count, 2);
  });

  it("is forgotten on demand, up to the present and not twice", () => {
    const { core, put } = make();
    put("a");
    put("b");
    core.compact(2);
    fails("compacted", () => core.compact(2));
    fails("future-revision", () => core.compact(4));
    fails("compacted", () => core.range({ range: all, revision: 1 }));
    assert.equal(core.range({ range: all, revision: 2 }).count, 1);
    core.compact(3);
    assert.equal(core.size, 2);
  });

  it("is told in portions of whole revisions", () => {
    const { core, put, write } = make();
    put("a", "x".repeat(500));
    write({ kind: "put", key: "b", value: "", lease: "0" }, { kind: "put", key: "c", value: "", lease: "0" });
    put("d");
    const first = core.changesSince(1, all, core.revision, 100);
    assert.ok(!first.compacted);
    assert.deepEqual([first.revision, first.changes.map(({ key }) => key)], [2, ["a"]]);
    const second = core.changesSince(2, all, 3, Infinity);
    assert.ok(!second.compacted);
    assert.deepEqual([second.revision, second.changes.map(({ key }) => key)], [3, ["b", "c"]]);
  });
});

describe("leases in the core", () => {
  it("end in the order of their time, each with its keys in one revision", async () => {
    const { clock, core, put, keys } = make();
    const [late, early] = [core.grant(3_000), core.grant(2_000)];
    put("late", "", late.id);
    put("early/1", "", early.id);
    put("early/2", "", early.id);
    await clock.advance(1_999);
    assert.equal(core.size, 3);
    await clock.advance(1);
    assert.deepEqual([keys(), core.revision], [["late"], 5]);
    await clock.advance(1_000);
    assert.deepEqual([keys(), core.revision, clock.pending], [[], 6, 0]);
  });

  it("live on for their whole time when they are renewed", async () => {
    const { clock, core, put } = make();
    const { id } = core.grant(2_000);
    put("a", "", id);
    await clock.advance(1_500);
    assert.deepEqual(core.renew(id)?.ttlMs, 2_000);
    await clock.advance(1_999);
    assert.equal(core.size, 1);
    await clock.advance(1);
    assert.equal(core.size, 0);
    assert.equal(core.renew(id), null);
    assert.equal(core.revoke(id), false);
  });

  it("hold a key only until another put or a deletion takes it", () => {
    const { core, write, put } = make();
    const [first, second] = [core.grant(1_000), core.grant(1_000)];
    put("moved", "", first.id);
    put("moved", "", second.id);
    put("deleted", "", first.id);
    write({ kind: "delete", range: singleKey("deleted") });
    put("deleted");
    assert.deepEqual(core.findLease(first.id)?.keys, []);
    assert.deepEqual(core.findLease(second.id)?.keys, ["moved"]);
    core.revoke(first.id);
    assert.equal(core.size, 2);
  });

  it("may live for longer than a timer can wait", async () => {
    const { clock, core } = make();
    core.grant(30 * 86_400_000, "9");
    await clock.advance(29 * 86_400_000);
    assert.notEqual(core.findLease("9"), null);
    await clock.advance(86_400_000);
    assert.equal(core.findLease("9"), null);
  });

  it("lose no time while the store is out, and all of them start anew after it", async () => {
    const { clock, core } = make();
    const { id } = core.grant(2_000);
    await clock.advance(1_900);
    core.pauseLeases();
    await clock.advance(60_000);
    core.resumeLeases();
    await clock.advance(1_999);
    assert.notEqual(core.findLease(id), null);
    await clock.advance(1);
    assert.equal(core.findLease(id), null);
  });

  it("have ids of their own, and a time to live", () => {
    const { core } = make();
    core.grant(1_000, "5");
    fails("lease-exists", () => core.grant(1_000, "5"));
    fails("lease-exists", () => core.grant(1_000, "0"));
    for (const ttlMs of [0, -1, 0.5, Number.NaN]) fails("lease-ttl", () => core.grant(ttlMs, "6"));
  });
});
