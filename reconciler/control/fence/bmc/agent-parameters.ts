import { join } from "node:path";
import type { Bmc } from "../../../model/desired.ts";
import type { FenceAgent } from "../../../model/fence-agent.ts";
import { bmcOptionProblems } from "../../../desired/resolve/bmc-options.ts";

/** What an agent is told besides the action: lines for its standard input, and variables of its environment. */
export type AgentParameters =
  | { readonly ok: true; readonly lines: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly why: string };

/**
 * Stands in for ipmitool, and keeps the password off its command line; see there. It stands beside this file's source,
 * which is five folders above the compiled one.
 */
export const ipmitool = join(
  import.meta.dirname,
  "../../../../..",
  "reconciler/control/fence/bmc/ipmitool-without-password.sh",
);

/** What ipmitool reads a password from, told by `-E`. */
export const ipmitoolPassword = "IPMITOOL_PASSWORD";

/**
 * Newer names first; agents of before release 4 know only the older ones. An agent that is told a name that it does not
 * know writes the whole line, with a password in it, to the system's log.
 */
const names = {
  address: ["ip", "ipaddr"],
  port: ["ipport"],
  user: ["username", "login"],
  password: ["password", "passwd"],
} as const;

/**
 * Where the document says nothing. Without `lanplus` a password crosses the network as good as open, and today's
 * devices refuse. Waiting after a command is for those who believe the command: here the state is read.
 */
const defaults: Readonly<Record<string, string>> = { lanplus: "1", power_wait: "0" };

/** Pure. */
export function agentParameters(bmc: Bmc, agent: FenceAgent, password: string | null): AgentParameters {
  const [problem] = bmcOptionProblems(bmc.options, agent);
  if (problem !== undefined) return { ok: false, why: `${problem.message}: ${problem.advice}` };
  const isIpmi = agent.parameters.has("ipmitool_path");
  const told: readonly (readonly [keyof typeof names, string | null])[] = [
    ["address", bmc.address],
    ["port", bmc.port === null ? null : String(bmc.port)],
    ["user", bmc.user],
    ["password", isIpmi ? null : password],
  ];
  const asked = new Map([...defaultsOf(agent), ...Object.entries(bmc.options)]);
  if (isIpmi) asked.set("ipmitool_path", ipmitool);
  for (const [field, value] of told) {
    if (value === null) continue;
    const name = names[field].find((known) => agent.parameters.has(known));
    if (name === undefined) return { ok: false, why: `fence_${agent.name} takes no ${field}: leave it out` };
    asked.set(name, value);
  }
  const lines = [...asked].map(([name, value]) => `${name}=${quoted(value)}`);
  return { ok: true, lines, env: isIpmi && password !== null ? { [ipmitoolPassword]: password } : {} };
}

function defaultsOf(agent: FenceAgent): readonly (readonly [string, string])[] {
  return Object.entries(defaults).filter(([name]) => agent.parameters.has(name));
}

/** Agents trim their lines, and take one pair of quotes off a value. */
function quoted(value: string): string {
  return /^\s|\s$|^".*"$/u.test(value) ? `"${value}"` : value;
}
