import assert from "node:assert/strict";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import type { PartFailure } from "../../../cli/processes/keep-running.ts";
import { SimulatedNode } from "../../../cli/processes/simulated-node.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { type Ground, isAlive, launchScripts, obedient, prepareGround } from "./fake-part.ts";

/** A host that comes up with its power on, and switches it off and on at SIGUSR2. */
const host = `
  process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);
  const power = (on) => process.send({kind: 'power', on});
  power(true);
  process.on('SIGUSR2', () => { power(false); power(true); });
`;

interface Bed {
  readonly ground: Ground;
  readonly node: SimulatedNode;
  readonly failures: readonly PartFailure[];
  readonly powerLosses: readonly number[];
  /** Resolves when heartbeat and agent have told so often that they run. */
  started(times: number): Promise<void>;
  pids(): readonly (number | null)[];
}

async function startNode(test: TestContext): Promise<Bed> {
  const ground = await prepareGround(test);
  const failures: PartFailure[] = [];
  const powerLosses: number[] = [];
  let starts = 0;
  let look: () => void = () => undefined;
  const onMessage = () => {
    starts += 1;
    look();
  };
  const launch = launchScripts({ host, heartbeat: obedient, agent: obedient });
  const part = (name: string) => ({ ...ground.part(name, ""), launch });
  const node = new SimulatedNode({
    node: "hv1",
    clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) },
    host: part("host-hv1"),
    heartbeat: { ...part("heartbeat-hv1"), onMessage },
    agent: { ...part("agent-hv1"), onMessage },
    onEnd: (failure) => failures.push(failure),
    onPowerLost: (_end, bootsInMs) => powerLosses.push(bootsInMs),
  });
  test.after(async () => {
    await node.endAgent();
    await node.endHeartbeat();
    await node.endHost();
  });
  node.start();
  const started = async (times: number): Promise<void> => {
    while (starts < 2 * times) await new Promise<void>((resolve) => (look = resolve));
  };
  const names = ["host-hv1", "heartbeat-hv1", "agent-hv1"];
  return { ground, node, failures, powerLosses, started, pids: () => names.map((name) => ground.pid(name)) };
}

function kill(pid: number | null | undefined, signal: NodeJS.Signals): void {
  assert.ok(pid !== null && pid !== undefined);
  process.kill(pid, signal);
}

describe("SimulatedNode", () => {
  it("starts heartbeat and agent when its power is on", async (test) => {
    const { started, pids } = await startNode(test);
    await started(1);
    assert.ok(pids().every((pid) => pid !== null && isAlive(pid)));
  });

  it("loses everything with its host, and boots again", async (test) => {
    const { started, pids, powerLosses, failures } = await startNode(test);
    await started(1);
    const before = pids();
    kill(before[0], "SIGKILL");
    await started(2);
    const after = pids();
    assert.ok(before.every((pid, index) => pid !== null && !isAlive(pid) && pid !== after[index]));
    assert.deepEqual(powerLosses, [5_000]);
    assert.deepEqual(failures, []);
  });

  it("starts heartbeat and agent anew after a power cycle that its host survived", async (test) => {
    const { started, pids, powerLosses } = await startNode(test);
    await started(1);
    const [hostBefore, ...before] = pids();
    kill(hostBefore, "SIGUSR2");
    await started(2);
    const [hostAfter, ...after] = pids();
    assert.equal(hostAfter, hostBefore);
    assert.ok(before.every((pid, index) => pid !== null && pid !== after[index]));
    assert.ok(after.every((pid) => pid !== null && isAlive(pid)));
    assert.deepEqual(powerLosses, []);
  });

  it("ends in the order that it is asked to", async (test) => {
    const { started, pids, node, failures } = await startNode(test);
    await started(1);
    const [hostPid, heartbeatPid, agentPid] = pids();
    const living = () => [hostPid, heartbeatPid, agentPid].map((pid) => pid != null && isAlive(pid));
    await node.endAgent();
    assert.deepEqual(living(), [true, true, false]);
    await node.endHeartbeat();
    assert.deepEqual(living(), [true, false, false]);
    await node.endHost();
    assert.deepEqual(living(), [false, false, false]);
    assert.deepEqual(failures, []);
  });
});
