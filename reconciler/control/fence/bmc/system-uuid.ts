/** Which machine a power device switches, asked of the device: a fence agent's protocol has no question for it. */
import type { Bmc } from "../../../model/desired.ts";
import { asUuid } from "../../../model/system-uuid.ts";
import { ipmitool } from "./agent-parameters.ts";
import type { AskOptions, Prepared } from "./prepared.ts";
import { readRedfishUuid } from "./redfish-uuid.ts";
import { runProgram } from "./run-program.ts";

/** In lower case; null where the device tells none, or cannot be asked. Rejects with the abort's reason alone. */
export async function readSystemUuid(
  bmc: Bmc,
  prepared: Prepared,
  options: AskOptions,
): Promise<string | null> {
  if (prepared.lines.some((line) => line.startsWith("ipmitool_path="))) {
    return readIpmiUuid(bmc, prepared, options);
  }
  return bmc.agent === "redfish" ? readRedfishUuid(bmc, prepared.password, options) : null;
}

/** Parameters of the agent, each with the option of ipmitool that it becomes. */
const ipmitoolOptions: Readonly<Record<string, string>> = {
  ip: "-H",
  ipport: "-p",
  username: "-U",
  auth: "-A",
  cipher: "-C",
  privlvl: "-L",
  target: "-t",
  ipmitool_timeout: "-N",
};

/** IPMI 2.0, 20.8 Get Device GUID. As ipmitool's `dump`: the 16 bytes in the order in which they came. */
async function readIpmiUuid(
  { address }: Bmc,
  { lines, env }: Prepared,
  { clock, deadlineMs, signal }: AskOptions,
): Promise<string | null> {
  const told = new Map(lines.map((line) => [nameOf(line), line.slice(nameOf(line).length + 1)]));
  const options = [...told].flatMap(([name, value]) => {
    const option = ipmitoolOptions[name];
    return option === undefined ? [] : [option, value];
  });
  const lan = ["-I", told.get("lanplus") === "1" ? "lanplus" : "lan"];
  const args = [...lan, ...options, "-P", "", "mc", "guid", "dump"];
  const end = await runProgram({ path: ipmitool, args, env }, deadlineMs, clock, signal);
  if (address === null || end.kind !== "exited" || end.code !== 0) return null;
  const bytes = /^System GUID\s*:\s*([0-9a-f]{32})\s*$/imu.exec(end.stdout)?.[1];
  return bytes === undefined ? null : asUuid(bytes);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf("="));
}
