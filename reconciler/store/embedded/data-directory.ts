import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isTemporary, syncDirectory } from "./durable-file.ts";
import type { FileKind } from "./file-header.ts";

/** `log-00000007`: the number counts snapshots. Snapshot n is the state at which log n begins. */
export function filePath(directory: string, kind: FileKind, sequence: number): string {
  return join(directory, `${kind}-${String(sequence).padStart(8, "0")}`);
}

/** Makes the folder, an absolute path, where it is missing. Nobody else may look into it. */
export async function prepareDirectory(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  if (made === undefined) return;
  // Each folder that is new must be there after a power cut too, else the store in it is not.
  for (let at = directory; at.startsWith(made); at = dirname(at)) await syncDirectory(dirname(at));
}

export interface DirectoryListing {
  /** Sequence numbers, ascending. */
  readonly logs: readonly number[];
  readonly snapshots: readonly number[];
}

/** The store's files. */
export async function listDirectory(directory: string): Promise<DirectoryListing> {
  const names = await readdir(directory);
  return { logs: sequences(names, "log"), snapshots: sequences(names, "snapshot") };
}

/** Takes away what interrupted writes left: files that never got their name. */
export async function removeUnfinished(directory: string): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter(isTemporary)) await rm(join(directory, name));
}

/** Takes away what a newer snapshot has made superfluous. */
export async function removeOlder(directory: string, sequence: number): Promise<void> {
  const { logs, snapshots } = await listDirectory(directory);
  for (const old of snapshots.filter((n) => n < sequence)) await rm(filePath(directory, "snapshot", old));
  for (const old of logs.filter((n) => n < sequence)) await rm(filePath(directory, "log", old));
  await syncDirectory(directory);
}

function sequences(names: readonly string[], kind: FileKind): readonly number[] {
  const pattern = new RegExp(`^${kind}-(\\d{8,})$`);
  const found = names.flatMap((name) => pattern.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => a - b);
}
