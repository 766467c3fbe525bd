import { request } from "node:https";
import type { Bmc } from "../../../model/desired.ts";
import { asUuid } from "../../../model/system-uuid.ts";
import type { AskOptions } from "./prepared.ts";

const answerMax = 1024 * 1024;
const defaultPort = 443;

/**
 * The UUID of the ComputerSystem (DMTF DSP0266) that fence_redfish switches: the one that `systems_uri` names, else the
 * only one there is. Of several nobody said which, and which one the agent takes changes with the chassis: null.
 */
export async function readRedfishUuid(
  bmc: Bmc,
  password: string | null,
  options: AskOptions,
): Promise<string | null> {
  const ask = (path: string): Promise<unknown> => get(bmc, password, path, options);
  const system = bmc.options["systems_uri"] ?? (await onlySystem(bmc, ask));
  if (system === null) return null;
  const uuid = field(await ask(system), "UUID");
  return typeof uuid === "string" ? asUuid(uuid) : null;
}

async function onlySystem(bmc: Bmc, ask: (path: string) => Promise<unknown>): Promise<string | null> {
  const service = await ask(bmc.options["redfish_uri"] ?? "/redfish/v1");
  const collection = field(field(service, "Systems"), "@odata.id");
  if (typeof collection !== "string") return null;
  const members = field(await ask(collection), "Members");
  if (!Array.isArray(members) || members.length !== 1) return null;
  const system = field(members[0], "@odata.id");
  return typeof system === "string" ? system : null;
}

/** Null where there is no answer that can be read. Rejects with the abort's reason alone. */
async function get(
  { address, port, user, options }: Bmc,
  password: string | null,
  path: string,
  { clock, deadlineMs, signal }: AskOptions,
): Promise<unknown> {
  signal.throwIfAborted();
  const late = new AbortController();
  const stop = clock.timer(deadlineMs, () => late.abort());
  try {
    const text = await new Promise<string>((resolve, reject) => {
      const asked = request({
        host: address ?? "",
        port: port ?? defaultPort,
        path,
        auth: `${user ?? ""}:${password ?? ""}`,
        headers: { accept: "application/json" },
        rejectUnauthorized: options["ssl_insecure"] !== "1",
        signal: AbortSignal.any([signal, late.signal]),
      });
      asked.on("error", reject);
      asked.on("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("error", reject);
        answer.on("data", (part: string) => {
          text += part;
          if (text.length > answerMax) answer.destroy(new Error("it says too much"));
        });
        answer.on("end", () => {
          resolve(text);
        });
      });
      asked.end();
    });
    return JSON.parse(text);
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    stop();
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
