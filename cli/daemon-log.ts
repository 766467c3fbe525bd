import type { Log, LogFields } from "../reconciler/runtime/log.ts";
import type { Context } from "./context.ts";
import { logLevelOf } from "./plain-log.ts";

/** The log of a command that runs for months: JSON lines on standard error. */
export async function daemonLog(context: Context, fields: LogFields): Promise<Log> {
  const { pinoLog } = await import("../reconciler/runtime/pino-log.ts");
  return pinoLog({ level: logLevelOf(context.world.env["KEEL_LOG"], "info"), fields });
}
