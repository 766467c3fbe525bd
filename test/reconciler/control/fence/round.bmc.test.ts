// Needs: ipmi_sim, ipmitool, fence_ipmilan
/**
 * What a whole round comes to with each kind of power device: proof, or none and why. On a simulated device that speaks
 * IPMI where it can be brought to do so, else on an agent that has moods.
 */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { FenceDevice } from "../../../../reconciler/control/fence/fence-device.ts";
import { runRound, whyUnproven } from "../../../../reconciler/control/fence/round.ts";
import type { Clock } from "../../../../reconciler/model/clock.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import {
  type DeviceOptions,
  deviceOf,
  folderOf,
  never,
  secretsWith,
} from "../../../support/fence/devices.ts";
import { FakeAgent } from "../../../support/fence/fake-agent.ts";
import { ipmiCipher, ipmiPassword, IpmiSimulator, ipmiUser } from "../../../support/fence/ipmi-simulator.ts";

/** Ten times as fast, so that nobody waits for what a device may take. */
const quick: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 10,
  timer: (ms, callback) => systemClock.timer(ms / 10, callback),
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

async function outcomeOf(...devices: readonly FenceDevice[]): Promise<string> {
  const outcome = await runRound(devices, quick, never);
  return outcome.proven ? "proven off" : whyUnproven(outcome);
}

interface Moody {
  readonly device: string;
  /** Shell of the agent; `$action` is what was asked. */
  readonly mood: string;
  readonly power?: "on" | "off";
  readonly deadlineMs?: number;
  readonly isFabric?: boolean;
  readonly comesTo: RegExp;
  /** The machine, afterwards. */
  readonly leaves: "on" | "off";
}

const proven = /^proven off$/;
const moods: readonly Moody[] = [
  { device: "does as it is told", mood: "", comesTo: proven, leaves: "off" },
  { device: "is off already", mood: "", power: "off", comesTo: proven, leaves: "off" },
  {
    device: "takes 30 s for each answer, and has not switched yet at the first one",
    mood: `sleep 3; if [ "$action" = off ]; then touch asked; exit 0; fi; if [ -e asked ]; then echo off > power; fi`,
    comesTo: proven,
    leaves: "off",
  },
  {
    device: "writes in other letters, with noise around it",
    mood: `if [ "$action" = status ]; then
      echo "fence: hello"; if [ "$power" = off ]; then echo " STATUS: oFF "; exit 2; fi; echo "status: On"; exit 0
    fi`,
    comesTo: proven,
    leaves: "off",
  },
  {
    device: "complains, and switches nevertheless",
    mood: `if [ "$action" = off ]; then echo off > power; echo "Failed: timed out" >&2; exit 1; fi`,
    comesTo: proven,
    leaves: "off",
  },
  {
    device: "refuses",
    mood: `if [ "$action" = off ]; then echo "Failed" >&2; exit 1; fi`,
    comesTo: /reads on$/,
    leaves: "on",
  },
  {
    device: "says that it switched, and did not",
    mood: `if [ "$action" = off ]; then echo "Success: Powered OFF"; exit 0; fi`,
    comesTo: /reads on$/,
    leaves: "on",
  },
  {
    device: "gives the power back by itself",
    mood: `if [ "$action" = status ] && [ "$power" = off ]; then echo on > power; fi`,
    comesTo: /reads on, and had read off before$/,
    leaves: "on",
  },
  {
    device: "cannot be reached",
    mood: `echo "Connection timed out" >&2; exit 1`,
    comesTo: /does not answer/,
    leaves: "on",
  },
  {
    device: "knows another password",
    mood: `echo "Unauthorized" >&2; exit 1`,
    comesTo: /wrong user or password/,
    leaves: "on",
  },
  {
    device: "hangs",
    mood: "exec sleep 60",
    deadlineMs: 300,
    comesTo: /did not end within 0\.3 s/,
    leaves: "on",
  },
  {
    device: "contradicts itself",
    mood: `if [ "$action" = status ]; then echo "Status: OFF"; exit 0; fi`,
    comesTo: /says off, and ends with status 0/,
    leaves: "off",
  },
  {
    device: "cuts off a network",
    mood: "",
    isFabric: true,
    comesTo: /proves nothing about the guests/,
    leaves: "on",
  },
];

describe("a round over a device that", { timeout: 120_000 }, () => {
  for (const { device, mood, power = "on", deadlineMs, isFabric, comesTo, leaves } of moods) {
    it(device, async (test) => {
      const agent = new FakeAgent(folderOf(test), isFabric === undefined ? {} : { isFabric });
      agent.mood(mood);
      agent.power = power;
      const options: DeviceOptions = { agents: agent.folder, ...(deadlineMs && { deadlineMs }) };
      assert.match(await outcomeOf(deviceOf({}, options)), comesTo);
      assert.equal(agent.power, leaves);
    });
  }

  it("has no agent here", async (test) => {
    assert.match(await outcomeOf(deviceOf({}, { agents: folderOf(test) })), /is not installed here/);
  });

  it("is one of two, the other of which stays on", async (test) => {
    const [one, other] = [new FakeAgent(folderOf(test)), new FakeAgent(folderOf(test))];
    other.mood(`if [ "$action" = off ]; then exit 1; fi`);
    const devices = [one, other].map(({ folder }) => deviceOf({}, { agents: folder }));
    assert.match(await outcomeOf(...devices), /reads on$/);
    other.mood("");
    assert.match(await outcomeOf(...devices), proven);
  });
});

describe("a round over a device that speaks IPMI and that", { timeout: 120_000 }, () => {
  async function ipmi(test: TestContext, power?: string, password = ipmiPassword) {
    const guid = "00112233445566778899aabbccddeeff";
    const simulator = await IpmiSimulator.start({ folder: folderOf(test), guid, ...(power && { power }) });
    test.after(() => simulator.close());
    const secrets = secretsWith(folderOf(test), "hv1", password);
    const options = { cipher: ipmiCipher, ipmitool_timeout: "1", power_timeout: "3" };
    const common = { agent: "ipmilan", address: "127.0.0.1", user: ipmiUser, options } as const;
    const bmc = { ...common, port: simulator.port, password: { from: "file", path: "hv1" } } as const;
    return { simulator, device: deviceOf(bmc, { secrets }) };
  }

  it("does as it is told, and is off already the next time", async (test) => {
    const { simulator, device } = await ipmi(test);
    assert.match(await outcomeOf(device), proven);
    assert.match(await outcomeOf(device), proven);
    assert.deepEqual(simulator.calls, ["power 0"]);
  });

  it("stays on", async (test) => {
    const { device } = await ipmi(test, `if [ "$1" = get ]; then echo 1; fi\n`);
    assert.match(await outcomeOf(device), /reads on$/);
  });

  it("cannot tell", async (test) => {
    const { device } = await ipmi(test, "exit 1\n");
    assert.doesNotMatch(await outcomeOf(device), proven);
  });

  it("knows another password", async (test) => {
    const { simulator, device } = await ipmi(test, undefined, "another");
    assert.match(await outcomeOf(device), /wrong user or password/);
    assert.equal(simulator.power, "on");
  });

  it("is dead", async (test) => {
    const { simulator, device } = await ipmi(test);
    await simulator.close();
    assert.match(await outcomeOf(device), /does not answer|refused/);
  });
});
