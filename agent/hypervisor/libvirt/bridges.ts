import { access, readdir } from "node:fs/promises";
import { join } from "node:path";

/** More are not told: a machine that has so many makes them by itself, and they come and go. */
const limit = 256;

/**
 * The bridges of this machine, as its kernel lists them (`/sys/class/net`), sorted.
 *
 * @returns null where the kernel does not tell
 */
export async function bridgesIn(folder: string): Promise<readonly string[] | null> {
  const interfaces = await readdir(folder).catch(() => null);
  if (interfaces === null) return null;
  const isBridge = await Promise.all(interfaces.map((name) => isThere(join(folder, name, "bridge"))));
  const bridges = interfaces.filter((_, index) => isBridge[index] === true).sort();
  return bridges.length > limit ? null : bridges;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
