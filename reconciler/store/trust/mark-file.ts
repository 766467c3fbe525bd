/** Where a process keeps its mark of the store: a file of its own, replaced as a whole. */
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KeelError } from "../../model/errors.ts";
import type { StoreMark } from "../../model/store-record.ts";
import { decode, encode } from "../codec.ts";
import { StoreError } from "../store.ts";
import { messageOf } from "../../model/thrown.ts";

export interface MarkFile {
  /** Null: this is the first start. */
  read(): Promise<StoreMark | null>;
  write(mark: StoreMark): Promise<void>;
}

/** Remembers for as long as it is there: for simulations and tests, where it outlives the process that it is given to. */
export class MarkInMemory implements MarkFile {
  #mark: StoreMark | null = null;

  read(): Promise<StoreMark | null> {
    return Promise.resolve(this.#mark);
  }

  write(mark: StoreMark): Promise<void> {
    this.#mark = mark;
    return Promise.resolve();
  }
}

/**
 * The mark of one part of one cluster. The folder is made where it is missing.
 * @throws KeelError `state-folder` where it cannot be used: who cannot remember must not begin
 */
export async function openMarkFile(folder: string, cluster: string, part: string): Promise<MarkFile> {
  const path = join(folder, `${cluster}-${part}.mark`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = new MarkOnDisk(path);
    const mark = await file.read();
    // Proves that it can be written, and to whom it belongs, before anything depends on it.
    if (mark !== null) await file.write(mark);
    else await (await open(`${path}.new`, "w", 0o600)).close();
    return file;
  } catch (cause) {
    const why = messageOf(cause);
    throw new KeelError("state-folder", { folder, why }, { cause });
  }
}

class MarkOnDisk implements MarkFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async read(): Promise<StoreMark | null> {
    const value = await readFile(this.#path, "utf8").catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (value === null) return null;
    const mark = decode<StoreMark>({ key: this.#path, value });
    const { storeId, counter, revision, epoch } = mark;
    const isWhole = typeof storeId === "string" && [counter, revision, epoch].every(Number.isSafeInteger);
    if (!isWhole) throw new StoreError("rejected", `${this.#path} holds no mark`);
    return { storeId, counter, revision, epoch };
  }

  async write(mark: StoreMark): Promise<void> {
    const fresh = `${this.#path}.new`;
    await synced(fresh, "w", encode(mark));
    await rename(fresh, this.#path);
    await synced(dirname(this.#path), "r", null);
  }
}

async function synced(path: string, flags: "w" | "r", text: string | null): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    if (text !== null) await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
