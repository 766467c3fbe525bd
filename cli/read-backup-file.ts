import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { KeelError } from "../reconciler/model/errors.ts";
import { type Backup, readBackup } from "../reconciler/store/backup.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

/** @throws KeelError `backup-damaged`, or `failed` where the file cannot be read */
export async function readBackupFile(file: string, cwd: string): Promise<Backup> {
  const text = await readFile(resolve(cwd, file), "utf8").catch((cause: unknown) => {
    const why = messageOf(cause);
    const advice = "Name a file that `keel store backup` wrote.";
    throw new KeelError("failed", { what: `reading ${file}`, why, advice }, { cause });
  });
  return readBackup(text, file);
}
