import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Effect } from "../../../../reconciler/store/core/effect.ts";
import { singleKey } from "../../../../reconciler/store/core/key-range.ts";
import { recordBytes } from "../../../../reconciler/store/core/records.ts";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { checkBranch, type CoreOperation } from "../../../../reconciler/store/core/transaction.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { NaiveModel, type NaiveOperation } from "./naive-model.ts";

const key = fc.constantFrom("a", "a\0", "ab", "b", "b\xff", "c", "d1", "d2");
const end = fc.oneof(key, fc.constant(null));
const leaseNumber = fc.integer({ min: 0, max: 3 });

type Step =
  | { readonly do: "write"; readonly operations: readonly Write[] }
  | { readonly do: "grant" | "revoke"; readonly lease: number }
  | {
      readonly do: "read";
      readonly start: string;
      readonly end: string | null;
      readonly back: number;
      readonly limit: number;
    }
  | { readonly do: "watch"; readonly start: string; readonly end: string | null; readonly back: number };

type Write =
  | { readonly put: string; readonly value: string; readonly lease: number }
  | { readonly deleteFrom: string; readonly to: string | null };

const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ put: key, value: fc.string({ maxLength: 3 }), lease: leaseNumber }) },
  { weight: 1, arbitrary: fc.record({ deleteFrom: key, to: end }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      operations: fc.array(write, { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("grant" as const, "revoke" as const), lease: leaseNumber }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      start: key,
      end,
      back: fc.nat(6),
      limit: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("watch" as const), start: key, end, back: fc.nat(6) }),
  },
);

function coreOperation(write: Write, model: NaiveModel): CoreOperation {
  if ("put" in write) {
    const lease = model.leases.has(String(write.lease)) ? String(write.lease) : "0";
    return { kind: "put", key: write.put, value: write.value, lease };
  }
  return { kind: "delete", range: { start: write.deleteFrom, end: write.to } };
}

function naiveOperation(operation: CoreOperation): NaiveOperation {
  if (operation.kind === "put") {
    const { key: put, value, lease } = operation;
    assert.ok(typeof value === "string" && typeof lease === "string");
    return { put, value, lease };
  }
  assert.ok(operation.kind === "delete");
  return { deleteFrom: operation.range.start, to: operation.range.end };
}

function isLegal(operations: readonly CoreOperation[]): boolean {
  try {
    checkBranch(operations);
    return true;
  } catch {
    return false;
  }
}

function carryOut(step: Step, core: StoreCore, model: NaiveModel): void {
  switch (step.do) {
    case "write": {
      const operations = step.operations.map((one) => coreOperation(one, model));
      if (!isLegal(operations)) return;
      core.transact({ conditions: [], success: operations, failure: [] });
      model.write(operations.map(naiveOperation));
      assert.equal(core.revision, model.revision);
      return;
    }
    case "grant":
      if (step.lease === 0 || model.leases.has(String(step.lease))) return;
      core.grant(1000, String(step.lease));
      model.leases.add(String(step.lease));
      return;
    case "revoke":
      assert.equal(core.revoke(String(step.lease)), model.leases.has(String(step.lease)));
      model.revoke(String(step.lease));
      return;
    case "read": {
      const revision = Math.max(1, model.revision - step.back);
      const expected = model.range(step.start, step.end, revision);
      const range = { start: step.start, end: step.end };
      const found = core.range({ range, revision, limit: step.limit });
      const shown = step.limit === 0 ? expected : expected.slice(0, step.limit);
      assert.deepEqual(found, {
        records: shown,
        more: shown.length < expected.length,
        count: expected.length,
      });
      if (step.back === 0) assert.deepEqual(core.range({ range, limit: step.limit }), found);
      return;
    }
    case "watch": {
      const after = Math.max(1, model.revision - step.back);
      const found = core.changesSince(after, { start: step.start, end: step.end }, core.revision, Infinity);
      assert.equal(found.compacted, false);
      assert.deepEqual(
        found.compacted
          ? []
          : found.changes.map((one) => ({
              key: one.key,
              revision: one.revision,
              deleted: one.after === null,
            })),
        model.changes.filter(
          (one) => one.revision > after && one.key >= step.start && (step.end === null || one.key < step.end),
        ),
      );
    }
  }
}

describe("the store's core beside a naive model", () => {
  it("answers every read, at any kept revision, and every watch alike", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const core = new StoreCore({ clock: new FakeClock() });
        const model = new NaiveModel();
        for (const one of steps) carryOut(one, core, model);
        assert.equal(core.size, model.at(model.revision).size);
        const bytes = core.capture().records.map(recordBytes);
        assert.equal(
          core.bytes,
          bytes.reduce((sum, one) => sum + one, 0),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it("makes the same state again from its effects, and from a capture with the effects after it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const clock = new FakeClock();
        const core = new StoreCore({ clock });
        const model = new NaiveModel();
        const effects: Effect[] = [];
        core.subscribe((effect) => effects.push(effect));
        for (const one of steps.slice(0, cut)) carryOut(one, core, model);
        const state = core.capture();
        const later = effects.length;
        for (const one of steps.slice(cut)) carryOut(one, core, model);
        const replayed = new StoreCore({ clock });
        for (const effect of effects) replayed.apply(effect);
        const continued = new StoreCore({ clock, state });
        for (const effect of effects.slice(later)) continued.apply(effect);
        assert.deepEqual(sorted(replayed), sorted(core));
        assert.deepEqual(sorted(continued), sorted(core));
        for (const { id } of core.leases()) assert.deepEqual(continued.findLease(id), core.findLease(id));
      }),
      { numRuns: 500 },
    );
  });

  it("finds each key alone as it finds it in a range", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), key, (steps, one) => {
        const core = new StoreCore({ clock: new FakeClock() });
        const model = new NaiveModel();
        for (const next of steps) carryOut(next, core, model);
        const all = core.range({ range: { start: "", end: null } }).records;
        assert.deepEqual(
          core.range({ range: singleKey(one) }).records,
          all.filter((record) => record.key === one),
        );
      }),
      { numRuns: 100 },
    );
  });
});

function sorted(core: StoreCore): unknown {
  const { revision, records, leases } = core.capture();
  return {
    revision,
    records: [...records].sort((a, b) => (a.key < b.key ? -1 : 1)),
    leases: [...leases].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}
