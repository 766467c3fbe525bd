import { open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Keeps two servers off one folder, and outlives no crash. Each puts down a file named after itself, then looks
 * whether another living one is there. Whoever puts down second sees the first, so never do both go on; at worst both
 * step back. What a dead process left is told by its start time and the machine's boot id, and taken away. Processes
 * that do not see each other in /proc, as those of two containers, are not kept apart.
 *
 * Throws an `Error` that names the other process. The returned function gives the folder free.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const bootId = await readBootId();
  const own = lockName(process.pid, (await startTime(process.pid)) ?? "0", bootId);
  await putDown(directory, own);
  const release = (): Promise<void> => rm(join(directory, own), { force: true });
  try {
    for (const name of await readdir(directory)) {
      const other = name === own ? null : parseLockName(name);
      if (other === null) continue;
      if (await lives(other, bootId)) throw inUse(directory, other.pid);
      await rm(join(directory, name), { force: true });
    }
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/** The process that has the folder, null where none has. Changes nothing. */
export async function directoryHolder(directory: string): Promise<number | null> {
  const bootId = await readBootId();
  for (const name of await readdir(directory)) {
    const holder = parseLockName(name);
    if (holder !== null && (await lives(holder, bootId))) return holder.pid;
  }
  return null;
}

async function putDown(directory: string, name: string): Promise<void> {
  try {
    const handle = await open(join(directory, name), "wx", 0o600);
    await handle.close();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST")
      throw inUse(directory, process.pid);
    throw error;
  }
}

function inUse(directory: string, pid: number): Error {
  const who = pid === process.pid ? "this process" : `process ${pid}`;
  return new Error(
    `the store in ${directory} is in use by ${who}. Stop that one, or give this one its own folder.`,
  );
}

function lockName(pid: number, start: string, bootId: string): string {
  return `lock-${pid}-${start}-${bootId}`;
}

interface Holder {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

async function lives(holder: Holder, bootId: string): Promise<boolean> {
  return holder.bootId === bootId && (await startTime(holder.pid)) === holder.startTime;
}

function parseLockName(name: string): Holder | null {
  const [, pid, start, bootId] = /^lock-(\d+)-(\d+)-([0-9a-f]+)$/.exec(name) ?? [];
  if (pid === undefined || start === undefined || bootId === undefined) return null;
  return { pid: Number(pid), startTime: start, bootId };
}

async function readBootId(): Promise<string> {
  const text = await readFile("/proc/sys/kernel/random/boot_id", "latin1");
  return text.replace(/[^0-9a-f]/g, "");
}

/** In clock ticks since boot: tells a process from a later one of the same number. Null where it does not live. */
async function startTime(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in brackets and may hold anything. The third is the state, where Z is a
    // dead process that its parent has not looked at yet; the 22nd is the start time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
