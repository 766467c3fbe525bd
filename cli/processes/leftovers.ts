import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Clock } from "../../reconciler/model/clock.ts";
import { partVariable } from "./launch.ts";

/** Parts end by themselves within two seconds of their parent's death. */
const patienceMs = 5_000;
const lookEveryMs = 50;

/**
 * Waits for the parts of an earlier `keel up` that was killed, and kills those that do not end. They still hold the
 * store and the hosts' sockets. `run`: the folder of the process ids; its lock must be held.
 */
export async function awaitLeftovers(run: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const deadline = clock.monotonic() + patienceMs;
  for (;;) {
    const living = readdirSync(run).flatMap((file) => livingPart(run, file) ?? []);
    if (living.length === 0) return;
    if (clock.monotonic() >= deadline) for (const pid of living) kill(pid);
    await clock.sleep(lookEveryMs, signal);
  }
}

/** The process that a pid file speaks of, if it is still that part; else the file is taken away. */
function livingPart(run: string, file: string): number | null {
  if (!file.endsWith(".pid") || file === "up.pid") return null;
  const path = join(run, file);
  const pid = Number(readFileSync(path, "utf8"));
  if (Number.isInteger(pid) && pid > 1 && isPart(pid, file.slice(0, -".pid".length))) return pid;
  rmSync(path, { force: true });
  return null;
}

/** Its environment tells it from a later process of the same number. */
function isPart(pid: number, name: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`${partVariable}=${name}`);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
