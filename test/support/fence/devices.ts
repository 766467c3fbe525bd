import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { AgentDevice } from "../../../reconciler/control/fence/bmc/agent-device.ts";
import { agentsFolder, InstalledAgents } from "../../../reconciler/control/fence/bmc/installed-agents.ts";
import type { Bmc } from "../../../reconciler/model/desired.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";

export const never = new AbortController().signal;

export const aBmc: Bmc = {
  agent: "redfish",
  address: "10.0.9.11",
  port: null,
  user: null,
  password: null,
  options: {},
};

/** A folder of the test's own, gone with it. */
export function folderOf(test: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "keel-bmc-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface DeviceOptions {
  /** Where the agents are; left out: this machine's own. */
  readonly agents?: string;
  readonly deadlineMs?: number;
  /** The secrets folder and the environment. */
  readonly secrets?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export function deviceOf(bmc: Partial<Bmc>, options: DeviceOptions = {}): AgentDevice {
  return new AgentDevice(
    { ...aBmc, ...bmc },
    {
      agents: new InstalledAgents(options.agents ?? agentsFolder, systemClock),
      secrets: { folder: options.secrets ?? "/nonexistent", desired: null, env: options.env ?? {} },
      clock: systemClock,
      deadlineMs: options.deadlineMs ?? 30_000,
    },
  );
}

/** A secrets folder with one secret in it. */
export function secretsWith(folder: string, name: string, secret: string): string {
  writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 });
  return folder;
}
