import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Environment } from "../world.ts";

/** Marks a process as one part of a running `keel up`: it ends with its parent. */
export const partVariable = "KEEL_PART";

/**
 * Starts one part. It has an IPC channel to its parent as file descriptor 3; its standard output and error go to the
 * file descriptor `log`.
 */
export type Launch = (name: string, args: readonly string[], log: number) => ChildProcess;

/**
 * Starts parts as commands of this very program. Each is a session of its own: a Ctrl-C or Ctrl-Z on the terminal is
 * for the parent alone, which ends its parts in order.
 */
export function launchKeel(cwd: string, env: Environment): Launch {
  const main = join(import.meta.dirname, "..", "main.js");
  return (name, args, log) =>
    spawn(process.execPath, [...nodeOptions, main, ...args], {
      cwd,
      // The store is this one, whatever the commands of this terminal are meant to use.
      env: { ...env, KEEL_STORE: "", [partVariable]: name },
      stdio: ["ignore", log, log, "ipc"],
      detached: true,
    });
}

/** Small young generations: the parts make little garbage, and there are many of them. */
const nodeOptions = ["--max-semi-space-size=1"];

/** Opens the log of a part for the time of one `use`: the child has its own copy then. */
export function withLog<T>(path: string, use: (log: number) => T): T {
  const log = openSync(path, "a", 0o600);
  try {
    return use(log);
  } finally {
    closeSync(log);
  }
}
