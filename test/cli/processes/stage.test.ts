import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Stage } from "../../../cli/processes/stage.ts";
import { untilAborted } from "../../../cli/until-aborted.ts";

describe("Stage", () => {
  it("has ended when all that runs in it has", async () => {
    const stage = new Stage();
    const notes: string[] = [];
    for (const name of ["a", "b"]) {
      void stage.run(async (signal) => {
        await untilAborted(signal);
        await new Promise((resolve) => setImmediate(resolve));
        notes.push(name);
      });
    }
    await stage.end();
    assert.deepEqual(notes, ["a", "b"]);
  });

  it("ends what also depends on something else, when that ends", async () => {
    const stage = new Stage();
    const power = new AbortController();
    const running = stage.run(untilAborted, power.signal);
    power.abort();
    await running;
    assert.equal(stage.signal.aborted, false);
  });
});
