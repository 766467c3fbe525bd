import { open, type FileHandle } from "node:fs/promises";
import { createDurably, writeAll } from "./durable-file.ts";
import { encodeHeader, type FileHeader } from "./file-header.ts";
import { encodeFrame } from "./frame.ts";

/** A log that is open for appending. */
export interface LogFile {
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Resolves when the payload is safe on the disk. One call at a time; after a failure the file must be left alone. */
  append(payload: Buffer): Promise<void>;
  close(): Promise<void>;
}

export async function createLog(path: string, header: FileHeader): Promise<LogFile> {
  const { handle, bytes } = await createDurably(path, [encodeHeader("log", header)]);
  return new OpenLog(path, handle, bytes);
}

/**
 * Opens a log to go on at its end, which must be `bytes`; what stands after that is cut off. What was read of it may
 * be only in the system's memory, left by a process that died before its sync; now it is safe.
 */
export async function openLog(path: string, bytes: number): Promise<LogFile> {
  const handle = await open(path, "r+");
  try {
    const { size } = await handle.stat();
    if (size > bytes) await handle.truncate(bytes);
    await handle.sync();
    return new OpenLog(path, handle, bytes);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

class OpenLog implements LogFile {
  readonly path: string;
  readonly #handle: FileHandle;
  #bytes: number;

  constructor(path: string, handle: FileHandle, bytes: number) {
    this.path = path;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(payload: Buffer): Promise<void> {
    const written = await writeAll(this.#handle, encodeFrame(payload), this.#bytes);
    await this.#handle.datasync();
    this.#bytes += written;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
