// Needs: fence_dummy
/** The agent that Debian ships for trying out: its protocol is that of all of them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { deviceOf, folderOf, never } from "../../../../support/fence/devices.ts";

describe("fence_dummy", { timeout: 60_000 }, () => {
  const dummy = (options: Readonly<Record<string, string>>) =>
    deviceOf({ agent: "dummy", address: null, options });

  it("is switched and read like any other", async (test) => {
    const file = join(folderOf(test), "status");
    const device = dummy({ type: "file", status_file: file });
    assert.equal(await device.command("on", never), null);
    assert.deepEqual(await device.read(never), { power: "on" });
    assert.equal(await device.command("off", never), null);
    assert.deepEqual(await device.read(never), { power: "off" });
    assert.equal(readFileSync(file, "utf8"), "off");
    assert.equal(await device.command("off", never), null);
    assert.equal(await device.uuid(never), null);
  });

  it("is not given what it does not know", async () => {
    const device = deviceOf({ agent: "dummy", options: { type: "file" } });
    const reading = await device.read(never);
    assert.match(
      reading.power === "unknown" ? reading.why : "",
      /fence_dummy takes no address: leave it out/,
    );
  });

  it("that fails to switch off says so", async (test) => {
    const file = join(folderOf(test), "status");
    await dummy({ type: "file", status_file: file }).command("on", never);
    const device = dummy({ type: "fail", status_file: file, power_timeout: "1" });
    assert.match((await device.command("off", never)) ?? "", /the machine did not go off/);
    assert.notDeepEqual(await device.read(never), { power: "off" });
  });
});
