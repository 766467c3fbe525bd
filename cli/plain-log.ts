import type { Log, LogFields } from "../reconciler/runtime/log.ts";

export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The level that KEEL_LOG names; `fallback` where it is not set or names none. */
export function logLevelOf(text: string | undefined, fallback: LogLevel): LogLevel {
  return logLevels.find((level) => level === text?.toLowerCase()) ?? fallback;
}

/** The log of a command that somebody waits for: a line each, meant for people. Below `level` nothing is said. */
export function plainLog(write: (line: string) => void, level: LogLevel): Log {
  const at = (own: LogLevel) => {
    if (logLevels.indexOf(own) < logLevels.indexOf(level)) return () => undefined;
    return (message: string, fields?: LogFields) => write(`${words[own]}: ${message}${inBrackets(fields)}`);
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

const words: Readonly<Record<LogLevel, string>> = {
  debug: "debug",
  info: "note",
  warn: "warning",
  error: "error",
};

function inBrackets(fields: LogFields = {}): string {
  const texts = Object.entries(fields).map(([name, value]) => `${name}: ${textOf(value)}`);
  return texts.length === 0 ? "" : ` (${texts.join(", ")})`;
}

function textOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}
