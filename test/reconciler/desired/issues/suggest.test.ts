import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { didYouMean, editDistance } from "../../../../reconciler/desired/issues/suggest.ts";

describe("didYouMean", () => {
  it("finds the nearest, whatever the case", () => {
    assert.equal(didYouMean("memroy", ["cpus", "memory", "name"]), "memory");
    assert.equal(didYouMean("Limit", ["limits", "migrate"]), "limits");
  });

  it("says nothing where nothing is near", () => {
    assert.equal(didYouMean("sandwich", ["cpus", "memory"]), undefined);
    assert.equal(didYouMean("x", ["abc"]), undefined);
  });
});

describe("editDistance", () => {
  it("counts a swap of neighbours once", () => {
    assert.equal(editDistance("polcy", "policy"), 1);
    assert.equal(editDistance("bsae", "base"), 1);
    assert.equal(editDistance("", "abc"), 3);
  });

  it("is zero only for equal texts, and the same in both directions", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.equal(editDistance(a, b) === 0, a === b);
      }),
    );
  });
});
