import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { awaitLeftovers } from "../../../cli/processes/leftovers.ts";
import { runOnce } from "../../../cli/processes/run-once.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { expectation, isAlive, obedient, prepareGround } from "./fake-part.ts";

const never = new AbortController().signal;
/** Patience is over as soon as it began. */
const hurried = { ...systemClock, monotonic: () => systemClock.monotonic() * 1_000 };

describe("awaitLeftovers", () => {
  it("kills a part of a killed parent that does not end", async (test) => {
    const ground = await prepareGround(test);
    const ready = expectation();
    const running = runOnce({ ...ground.part("store", obedient), onMessage: () => ready.meet() }, never);
    await ready.met;
    const pid = ground.pid("store");
    assert.ok(pid !== null);
    await awaitLeftovers(ground.run, hurried, never);
    assert.equal(isAlive(pid), false);
    assert.deepEqual(await running, { kind: "signal", signal: "SIGKILL" });
  });

  it("takes no other process for a part, whatever a stale file says", async (test) => {
    const { run } = await prepareGround(test);
    for (const text of [`${process.pid}\n`, "1\n", "nonsense"]) {
      writeFileSync(join(run, "agent-hv1.pid"), text);
      await awaitLeftovers(run, hurried, never);
      assert.equal(existsSync(join(run, "agent-hv1.pid")), false);
    }
  });
});
