// Needs: ipmi_sim, ipmitool, fence_ipmilan
/** fence_ipmilan between this and a simulated device that speaks IPMI. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { Bmc } from "../../../../../reconciler/model/desired.ts";
import { isSameSystem } from "../../../../../reconciler/model/system-uuid.ts";
import { deviceOf, folderOf, never, secretsWith } from "../../../../support/fence/devices.ts";
import {
  ipmiCipher,
  ipmiPassword,
  IpmiSimulator,
  ipmiUser,
  type IpmiSimulatorOptions,
} from "../../../../support/fence/ipmi-simulator.ts";

const guid = "00112233445566778899aabbccddeeff";

async function setUp(test: TestContext, more: Partial<IpmiSimulatorOptions> = {}) {
  const folder = folderOf(test);
  const simulator = await IpmiSimulator.start({ folder, guid, ...more });
  test.after(() => simulator.close());
  const secrets = secretsWith(folderOf(test), "hv1", ipmiPassword);
  const bmc: Partial<Bmc> = {
    agent: "ipmilan",
    address: "127.0.0.1",
    port: simulator.port,
    user: ipmiUser,
    password: { from: "file", path: "hv1" },
    options: { cipher: ipmiCipher },
  };
  return { folder, simulator, secrets, bmc, device: deviceOf(bmc, { secrets }) };
}

describe("fence_ipmilan on a simulated device", { timeout: 120_000 }, () => {
  it("reads, switches off, finds it off already, and switches on", async (test) => {
    const { device, simulator } = await setUp(test);
    assert.deepEqual(await device.read(never), { power: "on" });
    assert.equal(await device.command("off", never), null);
    assert.deepEqual(await device.read(never), { power: "off" });
    assert.equal(simulator.power, "off");
    assert.equal(await device.command("off", never), null);
    assert.deepEqual(simulator.calls, ["power 0"], "off already: nothing was switched");
    assert.equal(await device.command("on", never), null);
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("speaks the older protocol where it is told to", async (test) => {
    const { bmc, secrets } = await setUp(test);
    const device = deviceOf({ ...bmc, options: { lanplus: "0" } }, { secrets });
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("tells which machine it switches, in one of the orders", async (test) => {
    const { device } = await setUp(test);
    const told = (await device.uuid(never)) ?? assert.fail("it tells none");
    assert.equal(told, "00112233-4455-6677-8899-aabbccddeeff");
    for (const dmi of [
      told,
      "33221100-5544-7766-8899-aabbccddeeff",
      "ffeeddcc-bbaa-9988-7766-554433221100",
    ]) {
      assert.ok(isSameSystem(told, dmi), dmi);
    }
    assert.ok(!isSameSystem(told, "00112233-4455-6677-8899-aabbccddeefe"));
  });

  it("is unknown with a wrong password, at once", async (test) => {
    const { bmc, simulator } = await setUp(test);
    const secrets = secretsWith(folderOf(test), "hv1", "another");
    const device = deviceOf(bmc, { secrets });
    const reading = await device.read(never);
    assert.ok(reading.power === "unknown");
    assert.match(reading.why, /127\.0\.0\.1 refused: mostly a wrong user or password/);
    assert.match((await device.command("off", never)) ?? "", /refused/);
    assert.equal(await device.uuid(never), null);
    assert.deepEqual(simulator.calls, []);
  });

  it("is unknown where nobody answers", async (test) => {
    const { bmc, secrets, simulator } = await setUp(test);
    simulator.pause();
    const options = { cipher: ipmiCipher, ipmitool_timeout: "1", power_timeout: "3" };
    const reading = await deviceOf({ ...bmc, options }, { secrets }).read(never);
    assert.ok(reading.power === "unknown");
    assert.match(reading.why, /127\.0\.0\.1 (does not answer|refused)/);
  });

  it("is ended where it waits for longer than it may", async (test) => {
    const { bmc, secrets, simulator } = await setUp(test);
    simulator.pause();
    const reading = await deviceOf(bmc, { secrets, deadlineMs: 1_000 }).read(never);
    assert.ok(reading.power === "unknown");
    assert.match(reading.why, /did not end within 1 s/);
  });

  it("is on where the device takes the command and the machine stays on", async (test) => {
    const { bmc, secrets } = await setUp(test, { power: 'if [ "$1" = get ]; then echo 1; fi\n' });
    const options = { cipher: ipmiCipher, power_timeout: "2" };
    const device = deviceOf({ ...bmc, options }, { secrets });
    assert.match(
      (await device.command("off", never)) ?? "",
      /took the command, and the machine did not go off/,
    );
    assert.deepEqual(await device.read(never), { power: "on" });
  });

  it("is on again where the power comes back by itself", async (test) => {
    const { device, folder, simulator } = await setUp(test);
    await device.command("off", never);
    assert.deepEqual(await device.read(never), { power: "off" });
    writeFileSync(join(folder, "is-on"), "1\n");
    assert.deepEqual(await device.read(never), { power: "on" });
    assert.deepEqual(simulator.calls, ["power 0"]);
  });

  it("is unknown where the device cannot tell", async (test) => {
    const { device } = await setUp(test, { power: "exit 1\n" });
    assert.equal((await device.read(never)).power, "unknown");
  });

  it("shows its password on no command line, not even on ipmitool's", async (test) => {
    // The machine's switch looks at every command line while the agent and ipmitool wait for it.
    const power = `for process in /proc/[0-9]*; do tr '\\0' ' ' < $process/cmdline; echo; done >> "$(dirname "$0")/lines" 2>/dev/null
echo 1
`;
    const { device, folder } = await setUp(test, { power });
    await device.read(never);
    const lines = readFileSync(join(folder, "lines"), "utf8");
    assert.match(lines, /python3.*fence_ipmilan/);
    assert.match(lines, /ipmitool -I lanplus .*-U fence -E -C 3/);
    assert.ok(!lines.includes(ipmiPassword));
  });
});
