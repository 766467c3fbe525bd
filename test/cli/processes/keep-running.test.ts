import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backoffMs, steadyMs } from "../../../cli/processes/backoff.ts";
import { keepRunning, type PartFailure } from "../../../cli/processes/keep-running.ts";
import type { Clock } from "../../../reconciler/model/clock.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { prepareGround } from "./fake-part.ts";

/** Sleeps take no time, and are noted; each process seems to have run for so long. */
function impatientClock(ranForMs: number): Clock & { readonly slept: readonly number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    ...systemClock,
    slept,
    monotonic: () => (now += ranForMs),
    sleep: async (ms) => void slept.push(ms),
  };
}

describe("keepRunning", () => {
  it("starts a part again with growing pauses, and tells each time", async (test) => {
    const ground = await prepareGround(test);
    const ending = new AbortController();
    const clock = impatientClock(0);
    const failures: PartFailure[] = [];
    const onEnd = (failure: PartFailure) => {
      failures.push(failure);
      if (failures.length === 3) ending.abort();
    };
    await keepRunning({ ...ground.part("agent-hv1", "process.exit(1)"), clock, onEnd }, ending.signal);
    assert.deepEqual(
      failures.map(({ failures, restartInMs }) => [failures, restartInMs]),
      [
        [1, 200],
        [2, 400],
        [3, 800],
      ],
    );
    assert.deepEqual(clock.slept, [200, 400, 800]);
  });

  it("forgets failures of a part that ran steadily since", async (test) => {
    const ground = await prepareGround(test);
    const ending = new AbortController();
    const counts: number[] = [];
    const onEnd = ({ failures }: PartFailure) => {
      if (counts.push(failures) === 2) ending.abort();
    };
    const clock = impatientClock(steadyMs);
    await keepRunning({ ...ground.part("agent", "process.exit(1)"), clock, onEnd }, ending.signal);
    assert.deepEqual(counts, [1, 1]);
  });

  it("starts nothing once it is asked to end", async (test) => {
    const ground = await prepareGround(test);
    const part = { ...ground.part("agent", "process.exit(1)"), onEnd: () => assert.fail("it was started") };
    await keepRunning(part, AbortSignal.abort());
  });
});

describe("backoffMs", () => {
  it("has a bound", () => {
    assert.equal(backoffMs(1), 200);
    assert.equal(backoffMs(1_000), 10_000);
  });
});
