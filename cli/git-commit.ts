import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeoutMs = 5_000;

/**
 * The commit that the folder is checked out from, with `-dirty` behind it where files were edited since; null where it
 * is no work tree, or git has no answer. For people who look back, so nothing depends on it.
 */
export async function gitCommit(directory: string, signal: AbortSignal): Promise<string | null> {
  const args = ["-C", directory, "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"];
  try {
    const { stdout } = await run("git", args, { timeout: timeoutMs, signal });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}
