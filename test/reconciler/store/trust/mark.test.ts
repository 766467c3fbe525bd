import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoreMark } from "../../../../reconciler/model/store-record.ts";
import { raised, type Sighting, whyNotTheSame } from "../../../../reconciler/store/trust/mark.ts";

const seen: StoreMark = { storeId: "a", counter: 1, revision: 100, epoch: 7 };

function sighting(storeId: string, counter: number, revision: number): Sighting {
  return { storeId, revision, record: { counter, frozen: null, accepted: null }, recordRevision: 5 };
}

describe("whyNotTheSame", () => {
  const cases: readonly [string, StoreMark | null, Sighting, RegExp | null][] = [
    ["believes anything at the first start", null, sighting("z", 0, 1), null],
    ["believes the same revision", seen, sighting("a", 1, 100), null],
    ["believes a later one", seen, sighting("a", 1, 101), null],
    ["finds one that went back", seen, sighting("a", 1, 99), /at revision 99, and 100 was seen/],
    ["finds another store, however far it is", seen, sighting("b", 1, 900), /it is store b, and a was known/],
    ["believes an accepted restore, whatever its id and revision", seen, sighting("b", 2, 3), null],
    ["finds one from before an accepted restore", seen, sighting("a", 0, 900), /restore 1 was accepted/],
  ];
  for (const [what, mark, found, expected] of cases) {
    it(what, () => {
      const why = whyNotTheSame(mark, found);
      if (expected === null) assert.equal(why, null);
      else assert.match(why ?? "", expected);
    });
  }
});

describe("raised", () => {
  it("never goes back within one restore, and keeps the highest epoch over all of them", () => {
    assert.deepEqual(raised(seen, sighting("a", 1, 90)), seen);
    assert.deepEqual(raised(seen, sighting("b", 2, 3)), { storeId: "b", counter: 2, revision: 3, epoch: 7 });
    assert.equal(raised(null, sighting("a", 0, 4)).epoch, 0);
  });
});
