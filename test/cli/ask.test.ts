import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { askOn } from "../../cli/ask.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeWorld } from "./run-keel.ts";

function asked({ tty = false, ended }: { readonly tty?: boolean; readonly ended?: AbortSignal } = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: tty });
  const clock = new FakeClock();
  const { world, err } = makeWorld({ cwd: "/", stdin, ...(ended === undefined ? {} : { ended }) });
  return { stdin, clock, err, answer: askOn({ ...world, clock }, "Really? ") };
}

describe("askOn", () => {
  it("gives the line that was typed, and asks on standard error", async () => {
    const { stdin, answer, err } = asked({ tty: true });
    stdin.write(" yes \nno\n");
    assert.equal(await answer, "yes");
    assert.equal(err(), "Really? ");
  });

  it("takes an answer that is piped in", async () => {
    const { stdin, answer } = asked();
    stdin.end("yes\n");
    assert.equal(await answer, "yes");
  });

  it("has no answer where the input ends", async () => {
    const { stdin, answer } = asked();
    stdin.end();
    assert.equal(await answer, null);
  });

  it("does not wait for a pipe that stays silent", async () => {
    const { clock, answer } = asked();
    await clock.advance(5_000);
    assert.equal(await answer, null);
    assert.equal(clock.pending, 0);
  });

  it("waits for a person for as long as it takes, until the command is ended", async () => {
    const ending = new AbortController();
    const { clock, answer } = asked({ tty: true, ended: ending.signal });
    await clock.advance(3_600_000);
    ending.abort(new Error("ended"));
    await assert.rejects(answer, /ended/);
  });
});
