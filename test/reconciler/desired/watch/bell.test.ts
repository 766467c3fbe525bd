import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Bell } from "../../../../reconciler/desired/watch/bell.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const forever = new AbortController().signal;

describe("a Bell", () => {
  it("remembers that it rang, once", async () => {
    const clock = new FakeClock();
    const bell = new Bell();
    bell.ring();
    bell.ring();
    assert.equal(await bell.wait(100, clock, forever), true);
    const second = bell.wait(100, clock, forever);
    await clock.advance(100);
    assert.equal(await second, false);
  });

  it("wakes who waits for it, and leaves no timer behind", async () => {
    const clock = new FakeClock();
    const bell = new Bell();
    const waiting = bell.wait(100, clock, forever);
    bell.ring();
    assert.equal(await waiting, true);
    assert.equal(clock.pending, 0);
  });

  it("lets go when aborted", async () => {
    const clock = new FakeClock();
    const end = new AbortController();
    const waiting = new Bell().wait(100, clock, end.signal);
    end.abort();
    assert.equal(await waiting, false);
    assert.equal(clock.pending, 0);
  });
});
