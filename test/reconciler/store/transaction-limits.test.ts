import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limits, type Operation } from "../../../reconciler/store/store.ts";
import { checkTransaction } from "../../../reconciler/store/transaction-limits.ts";

const check = (...then: readonly Operation[]): void => checkTransaction({ compare: [], then });
const rejected = { name: "StoreError", code: "rejected" };

describe("the limits of a transaction", () => {
  it("let an empty one, and one with different keys, through", () => {
    check();
    check({ put: "a", value: "" }, { delete: "ab" }, { deletePrefix: "b" }, { put: "c", value: "" });
  });

  it("let a key be compared as often as wanted", () => {
    const compare = [
      { key: "a", modRevision: 1 },
      { key: "a", value: "x" },
    ];
    checkTransaction({ compare, then: [{ put: "a", value: "y" }] });
  });

  it("name the key that is named twice", () => {
    assert.throws(() => check({ deletePrefix: "/a" }, { put: "/ab", value: "" }), {
      ...rejected,
      message: /\/ab/,
    });
    assert.throws(() => check({ delete: "/a" }, { delete: "/a" }), { ...rejected, message: /\/a/ });
  });

  it("refuse an empty key in a comparison", () => {
    assert.throws(() => checkTransaction({ compare: [{ key: "", modRevision: 0 }], then: [] }), rejected);
  });

  it("count the bytes of keys and values in comparisons and operations, as they are sent", () => {
    const half = "ä".repeat(limits.requestBytes / 4);
    const small = { compare: [{ key: "a", value: half }], then: [{ put: "b", value: half.slice(0, -100) }] };
    checkTransaction(small);
    const large = { ...small, then: [{ put: "b", value: half }] };
    assert.throws(() => checkTransaction(large), { code: "too-large", message: /the most is 1572864/ });
  });
});
