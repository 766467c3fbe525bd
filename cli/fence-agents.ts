/** What this machine has for fencing: its agents, and the secrets that they need. */
import { resolve } from "node:path";
import { AgentDevice } from "../reconciler/control/fence/bmc/agent-device.ts";
import type { OpenDevice } from "../reconciler/control/fence/bindings.ts";
import { agentsFolder, InstalledAgents } from "../reconciler/control/fence/bmc/installed-agents.ts";
import type { SecretPlaces } from "../reconciler/control/fence/bmc/read-secret.ts";
import type { LoadResult } from "../reconciler/desired/load-result.ts";
import type { KnownAgent } from "../reconciler/model/fence-agent.ts";
import type { Context } from "./context.ts";
import { loadFolder } from "./folder.ts";
import { hostSocketsOf } from "./processes/state-folder.ts";
import { simulatedDevice } from "./simulated-device.ts";
import { secretsFolder } from "./secrets-folder.ts";

type FenceContext = Pick<Context, "world" | "clock" | "directory">;

/** KEEL_FENCE_AGENTS names the folder of the agents, where it is another than Debian's. */
export function installedAgents({ world, clock }: FenceContext): InstalledAgents {
  const named = world.env["KEEL_FENCE_AGENTS"];
  const folder = named === undefined || named === "" ? agentsFolder : resolve(world.cwd, named);
  return new InstalledAgents(folder, clock);
}

export function secretPlaces({ world, directory }: FenceContext): SecretPlaces {
  const { env } = world;
  return { folder: secretsFolder({ ...world, directory }), desired: directory, env };
}

/** Opens power devices as this process can: by an agent of this machine, or at a simulated node's host. */
export function deviceOpener(context: FenceContext): OpenDevice {
  const { clock, directory, world } = context;
  const options = { agents: installedAgents(context), secrets: secretPlaces(context), clock };
  const sockets = hostSocketsOf(directory, world.env);
  return (bmc, node) =>
    bmc.agent === "simulated" ? simulatedDevice(node, sockets, clock) : new AgentDevice(bmc, options);
}

/**
 * The folder, its power devices checked against what the agents of this machine say of themselves. Only those that are
 * named are asked, so the folder is read once to learn which.
 */
export async function loadCheckingAgents(context: Context): Promise<LoadResult> {
  const named = new Set<string>();
  const listen = {
    get: (name: string) => {
      named.add(name);
      return undefined;
    },
  };
  const result = await loadFolder(reading(context, listen));
  if (named.size === 0) return result;
  const agents = installedAgents(context);
  const known = await Promise.all(
    [...named].map(async (name) => [name, await agents.describe(name, context.signal)] as const),
  );
  return loadFolder(reading(context, new Map<string, KnownAgent>(known)));
}

function reading(context: Context, fenceAgents: NonNullable<Context["resolveOptions"]["fenceAgents"]>) {
  const { clock, directory, directoryName, signal, err } = context;
  return {
    clock,
    directory,
    directoryName,
    signal,
    err,
    resolveOptions: { ...context.resolveOptions, fenceAgents },
  };
}
