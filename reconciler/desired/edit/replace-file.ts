import { randomUUID } from "node:crypto";
import { renameSync } from "node:fs";
import { link, open, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { codeOf } from "../load/list-folder.ts";

/**
 * Puts a new text in the place of a file, with its mode and owner; after a crash there is the old text or the new one.
 * `isAsRead` is asked at the last moment: false, and nothing is written.
 */
export async function replaceFile(path: string, text: string, isAsRead: () => boolean): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  return withTemporary(path, text, mode & 0o7777, async (temporary, handle) => {
    await keepOwner(handle, uid, gid);
    await handle.chmod(mode & 0o7777);
    await handle.sync();
    // Nothing comes between the two: an editor that saves just then would lose what it saved.
    if (!isAsRead()) return false;
    renameSync(temporary, path);
    return true;
  });
}

/** Makes a new file, whole from its first moment. False where there is one already. */
export async function createFile(path: string, text: string): Promise<boolean> {
  return withTemporary(path, text, 0o644, async (temporary, handle) => {
    await handle.sync();
    try {
      await link(temporary, path);
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      if (codeOf(error) !== "EPERM" && codeOf(error) !== "ENOTSUP") throw error;
      // A file system without hard links.
      await rename(temporary, path);
      return true;
    }
    await unlink(temporary);
    return true;
  });
}

export async function removeFile(path: string): Promise<void> {
  await unlink(path);
  await syncFolder(dirname(path));
}

/** The name begins with a dot, so that what a crash leaves behind is never read as a document. */
async function withTemporary(
  path: string,
  text: string,
  mode: number,
  finish: (temporary: string, handle: FileHandle) => Promise<boolean>,
): Promise<boolean> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  const handle = await open(temporary, "wx", mode);
  let isFinished = false;
  try {
    await handle.writeFile(text, "utf8");
    isFinished = await finish(temporary, handle);
  } finally {
    await handle.close();
    if (!isFinished) await unlink(temporary);
  }
  if (isFinished) await syncFolder(dirname(path));
  return isFinished;
}

/** Whoever may write a file of somebody else may not always give one away; then it becomes his, as editors have it. */
async function keepOwner(handle: FileHandle, uid: number, gid: number): Promise<void> {
  const made = await handle.stat();
  if (made.uid === uid && made.gid === gid) return;
  try {
    await handle.chown(uid, gid);
  } catch (error) {
    if (codeOf(error) !== "EPERM") throw error;
  }
}

/** Else a crash may forget the rename. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
