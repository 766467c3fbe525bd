import type { ChildProcess } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../reconciler/model/clock.ts";
import { type Launch, withLog } from "./launch.ts";
import { type PartMessage, readPartMessage } from "./messages.ts";
import { PowerLost } from "./power-lost.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

export interface PartOptions {
  /** `agent-hv1`: names its log and its pid file. */
  readonly name: string;
  readonly args: readonly string[];
  readonly launch: Launch;
  readonly clock: Clock;
  /** Folder of the files that hold the process ids. */
  readonly run: string;
  readonly logs: string;
  readonly onMessage?: (message: PartMessage) => void;
}

/** How a process came to its end: with an exit status, by a signal, or it never began. */
export type PartEnd =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: string }
  | { readonly kind: "not-started"; readonly why: string };

/** A part that was asked to end has this long; then it is killed. */
export const graceMs = 2_000;

/**
 * Runs a part until it ends. When `signal` is aborted it is asked to end, and killed where it does not; what ran on a
 * node that lost its power (`PowerLost` is the reason) is not asked. Never rejects.
 */
export async function runOnce(options: PartOptions, signal: AbortSignal): Promise<PartEnd> {
  try {
    const child = start(options);
    const forget = rememberPid(join(options.run, `${options.name}.pid`), child.pid);
    return await ended(child, options.clock, signal).finally(forget);
  } catch (error) {
    return { kind: "not-started", why: messageOf(error) };
  }
}

/** The returned function forgets it, unless the file is a successor's by then. */
function rememberPid(path: string, pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined;
  const text = `${pid}\n`;
  writeFileSync(path, text);
  return () => {
    if (readFileSync(path, "utf8") === text) rmSync(path, { force: true });
  };
}

function start({ name, args, launch, logs, onMessage }: PartOptions): ChildProcess {
  const child = withLog(join(logs, `${name}.log`), (log) => launch(name, args, log));
  child.on("message", (message) => {
    const read = readPartMessage(message);
    if (read !== null) onMessage?.(read);
  });
  return child;
}

async function ended(child: ChildProcess, clock: Clock, signal: AbortSignal): Promise<PartEnd> {
  let cancelKill: () => void = () => undefined;
  const stop = (): void => {
    child.kill(signal.reason instanceof PowerLost ? "SIGKILL" : "SIGTERM");
    cancelKill = clock.timer(graceMs, () => void child.kill("SIGKILL"));
  };
  try {
    return await new Promise<PartEnd>((resolve) => {
      child.on("error", (error) => {
        // Also raised where a signal could not be sent; then the process goes on and is waited for.
        if (child.pid === undefined) resolve({ kind: "not-started", why: error.message });
      });
      child.once("exit", (code, endedBy) => {
        resolve(endedBy === null ? { kind: "exit", code: code ?? 1 } : { kind: "signal", signal: endedBy });
      });
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
    });
  } finally {
    cancelKill();
    signal.removeEventListener("abort", stop);
  }
}

export function describeEnd(end: PartEnd): string {
  switch (end.kind) {
    case "exit":
      return end.code === 0 ? "ended by itself" : `ended with status ${end.code}`;
    case "signal":
      return `was killed (${end.signal})`;
    case "not-started":
      return `could not be started: ${end.why}`;
  }
}
