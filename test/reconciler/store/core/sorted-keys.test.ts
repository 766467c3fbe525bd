import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { SortedKeys } from "../../../../reconciler/store/core/sorted-keys.ts";

function filled(keys: Iterable<string>): SortedKeys {
  const sorted = new SortedKeys();
  for (const key of keys) sorted.insert(key);
  return sorted;
}

/** Numbers below `count` as keys, in an order that is far from sorted. */
function scattered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => String((n * 7919) % count).padStart(6, "0"));
}

describe("sorted keys", () => {
  it("come in order, over any number of chunks, from any start", () => {
    const keys = scattered(5_000);
    const sorted = filled(keys);
    const expected = keys.toSorted();
    assert.equal(sorted.size, 5_000);
    assert.deepEqual([...sorted.from("")], expected);
    assert.deepEqual([...sorted.from("002500")], expected.slice(2_500));
    assert.deepEqual([...sorted.from("0024995")], expected.slice(2_500));
    assert.deepEqual([...sorted.from("9")], []);
  });

  it("tell how many come before a key, be it there or not", () => {
    const sorted = filled(scattered(5_000));
    for (const [key, rank] of [
      ["", 0],
      ["000000", 0],
      ["0000001", 1],
      ["004999", 4_999],
      ["9", 5_000],
    ] as const) {
      assert.equal(sorted.rank(key), rank);
    }
    assert.equal(sorted.rank(null), 5_000);
  });

  it("refuse to remove a key that is not there", () => {
    assert.throws(() => filled(["a"]).remove("b"), RangeError);
    assert.throws(() => new SortedKeys().remove("b"), RangeError);
  });

  it("are as a sorted array after any inserts and removals", () => {
    const key = fc.nat(3_000).map(String);
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 3_000 }),
        fc.array(fc.nat(), { maxLength: 100 }),
        key,
        (keys, removals, start) => {
          const sorted = filled(keys);
          const plain = keys.toSorted();
          for (const index of removals) {
            const [key] = plain.splice(index % Math.max(1, plain.length), 1);
            if (key !== undefined) sorted.remove(key);
          }
          assert.deepEqual([...sorted.from("")], plain);
          assert.deepEqual(
            [...sorted.from(start)],
            plain.filter((key) => key >= start),
          );
          assert.equal(sorted.rank(start), plain.filter((key) => key < start).length);
        },
      ),
      { numRuns: 50 },
    );
  });
});
