import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { ValidateReport } from "../../cli/commands/validate.ts";
import { folderOf } from "../support/fence/devices.ts";
import { FakeAgent } from "../support/fence/fake-agent.ts";
import { runKeel } from "./run-keel.ts";

async function validate(test: TestContext, agents: string, bmc: string) {
  const cwd = folderOf(test);
  await mkdir(join(cwd, "cluster.d"));
  await writeFile(join(cwd, "cluster.d", "n.yaml"), `kind: Node\nname: hv1\nbmc: ${bmc}\n`);
  const { out, exit } = await runKeel(["validate", "-o", "json"], {
    cwd,
    env: { KEEL_FENCE_AGENTS: agents },
  });
  const { issues } = JSON.parse(out) as ValidateReport;
  return {
    exit,
    issues: issues.map((issue) => [issue.line, issue.column, issue.code, issue.message, issue.advice]),
  };
}

describe("keel validate, of power devices", () => {
  it("asks an agent of this machine what may be said to it", async (test) => {
    const { folder, actions } = new FakeAgent(folderOf(test));
    const address = "agent: redfish, address: 10.0.9.11";
    const good = await validate(test, folder, `{${address}, options: {power_timeout: 5}}`);
    assert.deepEqual(good, { exit: 0, issues: [] });
    const bad = await validate(test, folder, `{${address}, options: {powr_timeout: 5, colour: red}}`);
    assert.deepEqual(bad, {
      exit: 5,
      issues: [
        [3, 53, "bmc.option", "fence_redfish has no powr_timeout", "did you mean power_timeout?"],
        [3, 70, "bmc.option", "fence_redfish has no colour", "it has: power_timeout, power_wait"],
      ],
    });
    assert.deepEqual(actions, [], "nobody asked the device");
  });

  it("knows what values a parameter takes", async (test) => {
    const { folder } = new FakeAgent(folderOf(test), {
      types: { power_timeout: "second", power_wait: "boolean", username: "integer" },
    });
    const bmc = "{agent: redfish, address: a, options: {power_timeout: 5s, power_wait: 2}}";
    const { issues } = await validate(test, folder, bmc);
    assert.deepEqual(issues, [
      [
        3,
        60,
        "bmc.option-value",
        "power_timeout is a number of seconds, not 5s",
        "write power_timeout: 5, without a unit",
      ],
      [3, 76, "bmc.option-value", "power_wait is true or false, not 2", "write power_wait: true"],
    ]);
  });

  it("warns where the agent is not installed here, and lets it pass", async (test) => {
    const { exit, issues } = await validate(
      test,
      folderOf(test),
      "{agent: idrac, address: a, options: {x: 1}}",
    );
    const why = "fence_idrac is not installed here, so what is said to it cannot be checked";
    const advice = "apt install fence-agents, on every reconciler's machine";
    assert.deepEqual({ exit, issues }, { exit: 0, issues: [[3, 14, "bmc.agent-missing", why, advice]] });
  });
});

describe("the secrets folder", () => {
  it("may not lie inside the desired state", async (test) => {
    const cwd = folderOf(test);
    const { folder } = new FakeAgent(folderOf(test));
    await mkdir(join(cwd, "cluster.d"));
    const node = "kind: Node\nname: hv1\nbmc: {agent: redfish, address: a, password: {file: hv1}}\n";
    await writeFile(join(cwd, "cluster.d", "n.yaml"), node);
    const env = { KEEL_FENCE_AGENTS: folder };
    assert.equal((await runKeel(["validate"], { cwd, env })).exit, 0);
    const inside = await runKeel(["validate"], { cwd, env: { ...env, KEEL_SECRETS: "cluster.d/secrets" } });
    assert.equal(inside.exit, 5);
    assert.match(inside.out, /secret\.path +the secret lies inside the desired state/);
  });
});
