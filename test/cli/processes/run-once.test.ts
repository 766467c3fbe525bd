import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeEnd, graceMs, runOnce } from "../../../cli/processes/run-once.ts";
import { PowerLost } from "../../../cli/processes/power-lost.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { expectation, isAlive, obedient, prepareGround } from "./fake-part.ts";

const never = new AbortController().signal;

describe("runOnce", () => {
  it("tells how a part ended by itself, and keeps what it said in its log", async (test) => {
    const ground = await prepareGround(test);
    const part = ground.part("agent-hv1", "console.log('out'); console.error('err'); process.exit(3)");
    assert.deepEqual(await runOnce(part, never), { kind: "exit", code: 3 });
    assert.equal(ground.log("agent-hv1"), "out\nerr\n");
  });

  it("tells that a part was killed", async (test) => {
    const ground = await prepareGround(test);
    const end = await runOnce(ground.part("agent", "process.kill(process.pid, 'SIGKILL')"), never);
    assert.deepEqual(end, { kind: "signal", signal: "SIGKILL" });
  });

  it("hands on what the part tells, and says where it runs while it does", async (test) => {
    const ground = await prepareGround(test);
    const ending = new AbortController();
    const ready = expectation();
    const part = { ...ground.part("store", obedient), onMessage: () => ready.meet() };
    const running = runOnce(part, ending.signal);
    await ready.met;
    const pid = ground.pid("store");
    assert.ok(pid !== null && isAlive(pid));
    ending.abort();
    assert.deepEqual(await running, { kind: "exit", code: 0 });
    assert.equal(ground.pid("store"), null);
    assert.equal(isAlive(pid), false);
  });

  it("kills a part that does not end when it is asked to", async (test) => {
    const ground = await prepareGround(test);
    const ending = new AbortController();
    const ready = expectation();
    const deaf =
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send({kind: 'ready'})";
    const hurried = {
      ...systemClock,
      timer: (ms: number, callback: () => void) => systemClock.timer(ms / 20, callback),
    };
    const part = { ...ground.part("agent", deaf), clock: hurried, onMessage: () => ready.meet() };
    const running = runOnce(part, ending.signal);
    await ready.met;
    const askedAt = systemClock.monotonic();
    ending.abort();
    assert.deepEqual(await running, { kind: "signal", signal: "SIGKILL" });
    assert.ok(systemClock.monotonic() - askedAt >= graceMs / 20 - 5);
  });

  it("asks nobody on a node that lost its power", async (test) => {
    const ground = await prepareGround(test);
    const power = new AbortController();
    const ready = expectation();
    const running = runOnce(
      { ...ground.part("agent", obedient), onMessage: () => ready.meet() },
      power.signal,
    );
    await ready.met;
    power.abort(new PowerLost("hv1"));
    assert.deepEqual(await running, { kind: "signal", signal: "SIGKILL" });
  });

  it("tells that a part could not be started", async (test) => {
    const ground = await prepareGround(test);
    const end = await runOnce({ ...ground.part("agent", ""), logs: "/no/such/folder" }, never);
    assert.match(describeEnd(end), /^could not be started: .*no such file/);
  });
});
