import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Transfer } from "../../../../agent/hypervisor/simulated/transfer.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

describe("Transfer", () => {
  it("moves nothing while it is held", async () => {
    const clock = new FakeClock();
    const transfer = new Transfer(clock, 100);
    let arrivals = 0;
    transfer.flowTo(1_000, () => (arrivals += 1));
    await clock.advance(4_000);
    transfer.hold();
    await clock.advance(60_000);
    assert.deepEqual([transfer.moved, arrivals], [400, 0]);
    transfer.flowTo(1_000, () => (arrivals += 1));
    await clock.advance(6_000);
    assert.deepEqual([transfer.moved, arrivals], [1_000, 1]);
  });

  it("arrives at once where there is nothing left to move", async () => {
    const clock = new FakeClock();
    let arrivals = 0;
    new Transfer(clock, 100).flowTo(0, () => (arrivals += 1));
    await clock.advance(0);
    assert.equal(arrivals, 1);
    assert.equal(clock.pending, 0);
  });
});
