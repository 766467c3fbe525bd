import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Wakeup } from "../../../reconciler/runtime/wakeup.ts";
import { FakeClock } from "../../support/fake-clock.ts";

describe("Wakeup", () => {
  const never = new AbortController().signal;
  let clock: FakeClock;
  let wakeup: Wakeup;
  beforeEach(() => {
    clock = new FakeClock();
    wakeup = new Wakeup(clock);
  });

  it("wakes all who wait, at once", async () => {
    const waiting = [wakeup.wait(wakeup.mark, null, never), wakeup.wait(wakeup.mark, 60_000, never)];
    wakeup.ring();
    await Promise.all(waiting);
    assert.equal(clock.pending, 0);
  });

  it("does not miss what rang since the mark was taken", async () => {
    const { mark } = wakeup;
    wakeup.ring();
    await wakeup.wait(mark, null, never);
  });

  it("wakes by itself after the time given", async () => {
    const woken = wakeup.wait(wakeup.mark, 1_000, never).then(() => clock.monotonic());
    await clock.advance(5_000);
    assert.equal(await woken, 1_000);
  });

  it("stops waiting when aborted, with the reason, and leaves nothing behind", async () => {
    const abort = new AbortController();
    const waiting = wakeup.wait(wakeup.mark, 1_000, abort.signal);
    abort.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(wakeup.wait(wakeup.mark, 1_000, abort.signal), /enough/);
    assert.equal(clock.pending, 0);
  });
});
