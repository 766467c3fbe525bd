/** Processes in namespaces of their own, which end with this process and leave nothing behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";

const startsWithinMs = 60_000;

export interface NamespaceProcess {
  /** The first process in there, as this machine counts. */
  readonly pid: number;
  /** At once, with all that is in there. */
  kill(): Promise<void>;
}

/** `unshare` with these options and this program in it; both die with this process. */
export async function inNamespaces(
  options: readonly string[],
  program: readonly string[],
): Promise<NamespaceProcess> {
  const outer = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...options, "--fork", "--kill-child", ...program],
    { stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => outer.once("close", () => resolve()));
  const pid = await firstChild(outer);
  return {
    pid,
    kill: async () => {
      // The first process of a PID namespace takes all others with it.
      killQuietly(pid);
      await ended;
    },
  };
}

async function firstChild(outer: ChildProcess): Promise<number> {
  const giveUpAt = systemClock.monotonic() + startsWithinMs;
  for (;;) {
    if (outer.exitCode !== null || outer.pid === undefined) throw new Error("unshare did not start");
    const text = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").catch(() => "");
    const child = Number(text.trim().split(" ")[0]);
    if (child > 0) return child;
    if (systemClock.monotonic() > giveUpAt) throw new Error("nothing started in the namespaces");
    await systemClock.sleep(5);
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** How a program is run in the namespaces of a process. */
export function enter(pid: number, kinds: readonly string[], program: readonly string[]): readonly string[] {
  return ["-t", String(pid), ...kinds, "--", ...program];
}
