import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { canonicalJson } from "../../../reconciler/desired/canonical-json.ts";

describe("canonicalJson", () => {
  it("does not depend on the order of keys", () => {
    assert.equal(canonicalJson({ b: 1, a: [{ d: null, c: true }] }), '{"a":[{"c":true,"d":null}],"b":1}');
  });

  it("leaves out what is undefined", () => {
    assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
  });

  it("is JSON of the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
