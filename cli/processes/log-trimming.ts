import { copyFile, readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../reconciler/model/clock.ts";

const maxBytes = 1_048_576;
const everyMs = 30_000;

/**
 * Keeps the logs of a folder bounded until `signal` is aborted: one that has grown over 1 MiB becomes `<name>.log.1`,
 * in the place of the former one. Its writer has it open and goes on at the beginning, since it only appends.
 */
export async function trimLogs(folder: string, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await trimOnce(folder);
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}

/** One look at all logs of a folder. */
export async function trimOnce(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith(".log") || (await stat(path)).size <= maxBytes) continue;
    await copyFile(path, `${path}.1`);
    await truncate(path);
  }
}
