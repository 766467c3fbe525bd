// Needs: fence_redfish, openssl
/** fence_redfish between this and a Redfish service. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Bmc } from "../../../../../reconciler/model/desired.ts";
import { Authority } from "../../../../support/certificates.ts";
import { deviceOf, folderOf, never, secretsWith } from "../../../../support/fence/devices.ts";
import { RedfishService } from "../../../../support/fence/redfish-service.ts";

const password = "s3cret-of-the-service";
const uuids = { one: "00112233-4455-6677-8899-aabbccddee01", two: "00112233-4455-6677-8899-aabbccddee02" };

async function setUp(test: TestContext, systems: Readonly<Record<string, string>>) {
  const certificate = await new Authority(folderOf(test)).sign("bmc");
  const service = await RedfishService.start({ certificate, user: "fence", password, systems });
  test.after(() => service.close());
  const secrets = secretsWith(folderOf(test), "hv1", password);
  const device = (options: Bmc["options"], more: { readonly secrets?: string } = {}) =>
    deviceOf(
      {
        agent: "redfish",
        address: "127.0.0.1",
        port: service.port,
        user: "fence",
        password: { from: "file", path: "hv1" },
        options,
      },
      { secrets, ...more },
    );
  return { service, device };
}

describe("fence_redfish on a service", { timeout: 120_000 }, () => {
  it("reads, switches off and on, and tells which machine it is", async (test) => {
    const { service, device } = await setUp(test, { one: uuids.one });
    const bmc = device({ ssl_insecure: "1" });
    assert.deepEqual(await bmc.read(never), { power: "on" });
    assert.equal(await bmc.uuid(never), uuids.one);
    assert.equal(await bmc.command("off", never), null);
    assert.equal(service.power.get("one"), "Off");
    assert.deepEqual(await bmc.read(never), { power: "off" });
    assert.equal(await bmc.uuid(never), uuids.one, "also of a machine that is off");
    assert.equal(await bmc.command("on", never), null);
    assert.deepEqual(await bmc.read(never), { power: "on" });
  });

  it("switches the system of a chassis that it is told, and no other", async (test) => {
    const { service, device } = await setUp(test, uuids);
    const bmc = device({ ssl_insecure: "1", systems_uri: "/redfish/v1/Systems/one" });
    assert.equal(await bmc.uuid(never), uuids.one);
    await bmc.command("off", never);
    assert.deepEqual(
      [...service.power],
      [
        ["one", "Off"],
        ["two", "On"],
      ],
    );
  });

  it("tells no machine where a chassis has several and none is named", async (test) => {
    const { device } = await setUp(test, uuids);
    assert.equal(await device({ ssl_insecure: "1" }).uuid(never), null);
  });

  it("is unknown with a wrong password, or a certificate that nobody vouches for", async (test) => {
    const { device } = await setUp(test, { one: uuids.one });
    const secrets = secretsWith(folderOf(test), "hv1", "another");
    const refused = await device({ ssl_insecure: "1" }, { secrets }).read(never);
    assert.match(refused.power === "unknown" ? refused.why : "", /wrong user or password/);
    assert.equal(await device({ ssl_insecure: "1" }, { secrets }).uuid(never), null);
    const untrusted = await device({}).read(never);
    assert.match(
      untrusted.power === "unknown" ? untrusted.why : "",
      /certificate of 127\.0\.0\.1 is not trusted/,
    );
    assert.equal(await device({}).uuid(never), null);
  });

  it("is unknown where nobody listens", async (test) => {
    const { service, device } = await setUp(test, { one: uuids.one });
    await service.close();
    const reading = await device({ ssl_insecure: "1" }).read(never);
    assert.match(reading.power === "unknown" ? reading.why : "", /cannot be reached/);
  });
});
