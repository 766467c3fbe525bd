import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "commander";
import { count, duration, name, size } from "../../cli/option-values.ts";

describe("values of options", () => {
  it("are read as the files read them", () => {
    assert.equal(duration("2h"), 7_200_000);
    assert.equal(size("4GiB"), 4 * 2 ** 30);
    assert.equal(count("12"), 12);
    assert.equal(name("hv1"), "hv1");
  });

  it("are refused with the fix", () => {
    const isRefusal = (words: RegExp) => (error: unknown) =>
      error instanceof InvalidArgumentError && words.test(error.message);
    assert.throws(() => duration("10"), isRefusal(/10s/));
    assert.throws(() => size("4G"), isRefusal(/4GiB/));
    assert.throws(() => count("-1"), isRefusal(/whole number/));
    assert.throws(() => name("Web_1"), isRefusal(/lower-case/));
  });
});
