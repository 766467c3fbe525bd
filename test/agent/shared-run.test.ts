import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { SharedRun } from "../../agent/shared-run.ts";

describe("SharedRun", () => {
  /** Runs that end when the test says so. */
  const controlled = () => {
    const runs: PromiseWithResolvers<string>[] = [];
    const shared = new SharedRun(() => {
      const run = Promise.withResolvers<string>();
      runs.push(run);
      return run.promise;
    });
    return { runs, shared };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it("gives all who ask at the same time one run", async () => {
    const { runs, shared } = controlled();
    const asked = [shared.fresh(), shared.fresh(), shared.fresh()];
    await turn();
    runs[0]?.resolve("first");
    assert.deepEqual(await Promise.all(asked), ["first", "first", "first"]);
    assert.equal(runs.length, 1);
  });

  it("gives those who ask during a run the next one, and never runs two at once", async () => {
    const { runs, shared } = controlled();
    const early = shared.fresh();
    await turn();
    const late = [shared.fresh(), shared.fresh()];
    await turn();
    assert.equal(runs.length, 1);
    runs[0]?.resolve("first");
    await turn();
    assert.equal(runs.length, 2);
    runs[1]?.resolve("second");
    assert.deepEqual([await early, ...(await Promise.all(late))], ["first", "second", "second"]);
  });

  it("goes on after a run that failed", async () => {
    const { runs, shared } = controlled();
    const failing = shared.fresh();
    await turn();
    const next = shared.fresh();
    runs[0]?.reject(new Error("broken"));
    await assert.rejects(failing, /broken/);
    await turn();
    runs[1]?.resolve("second");
    assert.equal(await next, "second");
  });
});
