import { destination, pino, stdTimeFunctions } from "pino";
import type { Log, LogFields } from "./log.ts";

export interface PinoLogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** On every line: which part of which node this is. */
  readonly fields: LogFields;
}

const standardError = 2;

/** The log of a daemon: a line of JSON for each message, on standard error, written before the call returns. */
export function pinoLog({ level, fields }: PinoLogOptions): Log {
  const logger = pino(
    {
      level,
      base: fields,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: standardError, sync: true }),
  );
  // What is on every line already is not said twice.
  const news = (more: LogFields = {}): LogFields =>
    Object.fromEntries(Object.entries(more).filter(([name, value]) => fields[name] !== value));
  return {
    debug: (message, more) => logger.debug(news(more), message),
    info: (message, more) => logger.info(news(more), message),
    warn: (message, more) => logger.warn(news(more), message),
    error: (message, more) => logger.error(news(more), message),
  };
}
