import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchesOf, severalAtOnce } from "../../../reconciler/control/batches.ts";
import { limits } from "../../../reconciler/store/store.ts";

describe("batchesOf", () => {
  it("keeps to what one transaction may hold, in operations and in bytes", () => {
    const small = Array.from({ length: 300 }, (_, index) => String(index));
    assert.deepEqual(
      batchesOf(small, (text) => text).map(({ length }) => length),
      [limits.operations, limits.operations, 44],
    );
    const large = Array.from({ length: 10 }, () => "ä".repeat(100_000));
    const batches = batchesOf(large, (text) => text);
    assert.deepEqual(batches.flat(), large);
    for (const batch of batches) assert.ok(Buffer.byteLength(batch.join("")) < limits.requestBytes / 2);
  });

  it("gives what is too large for a batch one of its own", () => {
    assert.equal(batchesOf(["x".repeat(limits.requestBytes), "y"], (text) => text).length, 2);
    assert.deepEqual(batchesOf([], String), []);
  });
});

describe("severalAtOnce", () => {
  it("answers in the order of the items, and never works on too many", async () => {
    let underWay = 0;
    let most = 0;
    const answers = await severalAtOnce([5, 1, 4, 2, 3, 0], async (turns) => {
      most = Math.max(most, ++underWay);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return turns * 10;
    });
    assert.deepEqual(answers, [50, 10, 40, 20, 30, 0]);
    assert.equal(most, 4);
  });

  it("begins nothing after a failure, and ends only when nothing is under way", async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      for (let turn = 0; turn < 5 * item; turn++) await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
      if (item === 1) throw new Error("no luck");
    };
    await assert.rejects(severalAtOnce([1, 2, 3, 4, 5, 6], work), /no luck/);
    assert.deepEqual([begun, ended], [[1, 2, 3, 4], 4]);
  });
});
