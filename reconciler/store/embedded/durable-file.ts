import { open, rename, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** Only the owner reads and writes. */
export const fileMode = 0o600;

/** Makes file names that were given or taken in a folder safe against a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file so that it either has its name and all of its content, or does not exist: under another name first,
 * synced, then renamed. Returns the open file, for appending.
 */
export async function createDurably(
  path: string,
  chunks: Iterable<Buffer>,
): Promise<{ handle: FileHandle; bytes: number }> {
  const handle = await open(temporaryName(path), "w", fileMode);
  try {
    let bytes = 0;
    for (const chunk of chunks) bytes += await writeAll(handle, chunk, bytes);
    await handle.sync();
    await rename(temporaryName(path), path);
    await syncDirectory(dirname(path));
    return { handle, bytes };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const temporarySuffix = ".new";

function temporaryName(path: string): string {
  return path + temporarySuffix;
}

/** Whether a file is what an interrupted `createDurably` left. */
export function isTemporary(name: string): boolean {
  return name.endsWith(temporarySuffix);
}

/** Writes all of a buffer at a place in a file; returns its length. */
export async function writeAll(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  for (let done = 0; done < buffer.length;) {
    const { bytesWritten } = await handle.write(buffer, done, buffer.length - done, position + done);
    done += bytesWritten;
  }
  return buffer.length;
}
