// Needs: fence_ipmilan
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { readMetadata } from "../../../../../reconciler/control/fence/bmc/read-metadata.ts";
import { bmcAgents } from "../../../../../reconciler/desired/schema/node.ts";

function describedBy(name: string) {
  const { stdout } = spawnSync(`/usr/sbin/fence_${name}`, ["-o", "metadata"], { encoding: "utf8" });
  return readMetadata(name, stdout);
}

describe("readMetadata", () => {
  it("knows the parameters of fence_ipmilan, without those that are deprecated", () => {
    const agent = describedBy("ipmilan") ?? assert.fail("it says nothing");
    assert.deepEqual(agent.parameters.get("cipher"), { name: "cipher", type: "string", choices: [] });
    assert.deepEqual(agent.parameters.get("lanplus"), { name: "lanplus", type: "boolean", choices: [] });
    assert.equal(agent.parameters.get("power_timeout")?.type, "second");
    assert.equal(agent.parameters.get("retry_on")?.type, "integer");
    const levels = ["callback", "user", "operator", "administrator"];
    assert.deepEqual(agent.parameters.get("privlvl")?.choices, levels);
    assert.equal(agent.parameters.get("ipaddr"), undefined);
    assert.ok(["on", "off", "status"].every((action) => agent.actions.has(action)));
    assert.equal(agent.isFabric, false);
  });

  it("reads every agent that a document may name: each can be told off, and none is a fabric agent", () => {
    for (const name of bmcAgents.filter((agent) => agent !== "simulated")) {
      const agent = describedBy(name) ?? assert.fail(`${name} says nothing`);
      assert.ok(agent.actions.has("off") && agent.actions.has("status"), name);
      assert.equal(agent.isFabric, false, name);
      assert.ok(agent.parameters.has("ip") && agent.parameters.has("username"), name);
    }
  });

  it("knows a fabric agent by what it says of itself", () => {
    for (const name of ["brocade", "ifmib", "scsi"]) assert.equal(describedBy(name)?.isFabric, true, name);
  });

  it("takes what is no metadata for none", () => {
    for (const text of ["", "usage: fence_x", "<resource-agent/>", "<a><b></a>"]) {
      assert.equal(readMetadata("x", text), null, text);
    }
  });
});
