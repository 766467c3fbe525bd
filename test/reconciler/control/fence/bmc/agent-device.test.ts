/** What a device says becomes what is known of its power, whatever its agent does. On an agent that has moods. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { PowerReading } from "../../../../../reconciler/control/fence/fence-device.ts";
import {
  deviceOf,
  folderOf,
  never,
  secretsWith,
  type DeviceOptions,
} from "../../../../support/fence/devices.ts";
import { FakeAgent } from "../../../../support/fence/fake-agent.ts";

function setUp(test: TestContext, options: DeviceOptions = {}) {
  const agent = new FakeAgent(folderOf(test));
  return { agent, device: deviceOf({}, { agents: agent.folder, ...options }) };
}

function whyOf(reading: PowerReading): string {
  return reading.power === "unknown" ? reading.why : assert.fail(`it is known to be ${reading.power}`);
}

describe("a power device behind a fence agent", { timeout: 60_000 }, () => {
  it("is on or off as its status says", async (test) => {
    const { agent, device } = setUp(test);
    assert.deepEqual(await device.read(never), { power: "on" });
    agent.power = "off";
    assert.deepEqual(await device.read(never), { power: "off" });
  });

  it("is switched off, and says nothing of it where all went well", async (test) => {
    const { agent, device } = setUp(test);
    assert.equal(await device.command("off", never), null);
    assert.equal(agent.power, "off");
    assert.deepEqual(await device.read(never), { power: "off" });
  });

  it("may be off already", async (test) => {
    const { agent, device } = setUp(test);
    agent.power = "off";
    assert.equal(await device.command("off", never), null);
    assert.deepEqual(await device.read(never), { power: "off" });
  });

  it("is read in any letter case, whatever stands around it", async (test) => {
    const { agent, device } = setUp(test);
    agent.power = "off";
    for (const text of ["STATUS: OFF", "status: off  ", "noise\\nStatus: Off\\n\\nmore noise\\r"]) {
      agent.mood(`printf '${text}\\n'; exit 2`);
      assert.deepEqual(await device.read(never), { power: "off" }, text);
    }
    agent.mood(`printf 'Status: oN trailing\\n'; exit 0`);
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("is unknown where its exit status and its text disagree", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood("echo 'Status: OFF'; exit 0");
    assert.match(whyOf(await device.read(never)), /says off, and ends with status 0/);
    agent.mood("echo 'Status: ON'; exit 2");
    assert.match(whyOf(await device.read(never)), /says on, and ends with status 2/);
    agent.mood("echo 'Status: OFF'; exit 1");
    assert.match(whyOf(await device.read(never)), /says off, and ends with status 1/);
  });

  it("is unknown where the text says both, or neither", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood("echo 'Status: ON'; echo 'Status: OFF'; exit 2");
    assert.match(whyOf(await device.read(never)), /both on and off/);
    agent.mood("exit 2");
    assert.match(whyOf(await device.read(never)), /status 2 and said nothing/);
    agent.mood("echo 'Status: OFFLINE'; exit 2");
    assert.match(whyOf(await device.read(never)), /status 2/);
    agent.mood("echo 'Success: Powered OFF'; exit 0");
    assert.match(whyOf(await device.read(never)), /Powered OFF/);
  });

  it("that refuses to go off says so, and stays on", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood(`if [ "$action" = off ]; then echo 'Failed: Timed out waiting to power OFF' >&2; exit 1; fi`);
    assert.match(
      (await device.command("off", never)) ?? "",
      /took the command, and the machine did not go off/,
    );
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("that says it went off, and did not, is on", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood(`if [ "$action" = off ]; then echo 'Success: Powered OFF'; exit 0; fi`);
    assert.equal(await device.command("off", never), null);
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("that comes back by itself is on when it is read the second time", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood(`if [ "$action" = status ]; then echo on > power; fi`);
    await device.command("off", never);
    assert.deepEqual(await device.read(never), { power: "off" });
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("that cannot be reached is unknown", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood("echo '2026-11-27 07:32:43,123 ERROR: Connection timed out' >&2; exit 1");
    assert.match(whyOf(await device.read(never)), /10\.0\.9\.11 does not answer/);
    assert.match((await device.command("off", never)) ?? "", /10\.0\.9\.11 does not answer/);
  });

  it("that knows another password is unknown", async (test) => {
    const { agent, device } = setUp(test);
    agent.mood(`echo "KeyError: 'Members'" >&2; exit 1`);
    assert.match(whyOf(await device.read(never)), /wrong user or password/);
  });

  it("that is slow is waited for, up to the deadline", async (test) => {
    const { agent, device } = setUp(test, { deadlineMs: 20_000 });
    agent.power = "off";
    agent.mood("sleep 1");
    assert.deepEqual(await device.read(never), { power: "off" });
    const hasty = deviceOf({}, { agents: agent.folder, deadlineMs: 300 });
    assert.match(whyOf(await hasty.read(never)), /did not end within 0\.3 s/);
  });

  it("whose agent is missing is unknown, and says what to install", async (test) => {
    const device = deviceOf({}, { agents: folderOf(test) });
    const why =
      "fence_redfish is not installed here: apt install fence-agents, on every reconciler's machine";
    assert.equal(whyOf(await device.read(never)), why);
    assert.equal(await device.command("off", never), why);
    assert.equal(await device.uuid(never), null);
  });

  it("refuses an agent that cuts off storage or network", async (test) => {
    const agent = new FakeAgent(folderOf(test), { isFabric: true });
    const device = deviceOf({}, { agents: agent.folder });
    assert.match(whyOf(await device.read(never)), /proves nothing about the guests/);
    assert.match((await device.command("off", never)) ?? "", /proves nothing/);
    assert.deepEqual(agent.actions, []);
  });

  it("is not asked with an option that its agent would only ignore", async (test) => {
    const agent = new FakeAgent(folderOf(test));
    const device = deviceOf({ options: { powr_timeout: "5" } }, { agents: agent.folder });
    assert.match(whyOf(await device.read(never)), /has no powr_timeout: did you mean power_timeout\?/);
    assert.deepEqual(agent.actions, []);
  });

  it("is told everything on standard input, and nothing twice", async (test) => {
    const folder = folderOf(test);
    const agent = new FakeAgent(folder);
    const secrets = secretsWith(folderOf(test), "hv1", ` "it's secret" `);
    const bmc = {
      port: 8443,
      user: "fence",
      password: { from: "file", path: "hv1" },
      options: { power_timeout: "5" },
    } as const;
    await deviceOf(bmc, { agents: folder, secrets }).read(never);
    const told = agent.heard.slice(agent.heard.indexOf("action=status"));
    assert.deepEqual(told.filter((line) => line !== "").sort(), [
      "action=status",
      "ip=10.0.9.11",
      "ipport=8443",
      `password=" "it's secret" "`,
      "power_timeout=5",
      "power_wait=0",
      "username=fence",
    ]);
  });

  it("shows its password on no command line, and in no complaint", async (test) => {
    const folder = folderOf(test);
    const agent = new FakeAgent(folder);
    const secret = "canary-of-a-device-41f0";
    const secrets = secretsWith(folderOf(test), "hv1", secret);
    agent.mood(`
      for process in /proc/[0-9]*; do tr '\\0' ' ' < $process/cmdline; echo; done > lines 2>/dev/null
      echo "cannot log in with ${secret}" >&2
      exit 1`);
    const device = deviceOf({ password: { from: "file", path: "hv1" } }, { agents: folder, secrets });
    const why = whyOf(await device.read(never));
    assert.equal(why, "fence_redfish ended with status 1: cannot log in with ***");
    const lines = readFileSync(join(folder, "lines"), "utf8");
    assert.match(lines, /fence_redfish/);
    assert.ok(!lines.includes(secret));
  });

  it("says which secret is missing, and what to do", async (test) => {
    const agent = new FakeAgent(folderOf(test));
    const bmc = { password: { from: "env", name: "BMC_PASSWORD" } } as const;
    const why = whyOf(await deviceOf(bmc, { agents: agent.folder }).read(never));
    assert.equal(why, "the variable BMC_PASSWORD is not set: set it in the environment of the service");
    assert.deepEqual(agent.actions, []);
  });
});
