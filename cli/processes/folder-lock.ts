import { readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { KeelError } from "../../reconciler/model/errors.ts";
import { lockDirectory } from "../../reconciler/store/embedded/directory-lock.ts";

/**
 * Keeps a second `keel up` off the folder. A lock that a killed one left does not count. The returned function gives
 * it free. `run`: the folder of the process ids, where `up.pid` then says who holds it.
 *
 * @throws KeelError `already-running`
 */
export async function lockFolder(run: string, directory: string): Promise<() => Promise<void>> {
  const pidFile = join(run, "up.pid");
  const unlock = await lockDirectory(run).catch((cause: unknown) => {
    const where = readPid(pidFile);
    throw new KeelError("already-running", { what: `\`keel up\` for ${directory}`, where }, { cause });
  });
  writeFileSync(pidFile, `${process.pid}\n`);
  return async () => {
    await rm(pidFile, { force: true });
    await unlock();
  };
}

function readPid(path: string): string {
  try {
    return `process ${readFileSync(path, "utf8").trim()}`;
  } catch {
    return "it has only just begun";
  }
}
