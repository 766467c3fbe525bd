import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Failures } from "../../../reconciler/api/failures.ts";

describe("wrong tokens", () => {
  it("are taken ten times a minute from one address, and no more until it is over", () => {
    let now = 0;
    const failures = new Failures(() => now);
    for (let time = 0; time < 10; time++) {
      failures.check("a");
      failures.note("a");
    }
    assert.throws(() => failures.check("a"), { code: "too-many-failures" });
    failures.check("b");
    now = 59_999;
    assert.throws(() => failures.check("a"), /Too many wrong tokens came from a/);
    now = 60_000;
    failures.check("a");
  });

  it("are remembered of so many addresses at most", () => {
    const failures = new Failures(() => 0);
    for (let time = 0; time < 10; time++) failures.note("first");
    for (let address = 0; address < 10_000; address++) failures.note(String(address));
    failures.check("first");
  });
});
