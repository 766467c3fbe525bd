import { constants, readFileSync } from "node:fs";
import { access, lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

import { codeOf, reasonOf } from "../load/list-folder.ts";
import type { FileChange } from "./plan-edits.ts";
import { refusal, type EditRefusal } from "./refusal.ts";
import { createFile, removeFile, replaceFile } from "./replace-file.ts";
import { takeTurn, type Turn } from "./take-turn.ts";

/**
 * Writes changes that were planned, each file by a rename, so that readers see the old text or the new one. All are
 * checked before the first is written; where a later one fails, the earlier ones are taken back. Keels that edit the
 * same folder at the same time follow one another; `turn`: the caller has taken his already, and keeps it.
 */
export async function writeChanges(
  folder: string,
  changes: readonly FileChange[],
  turn: Turn | null = null,
): Promise<EditRefusal | undefined> {
  try {
    const root = await realpath(folder);
    const taken = turn ?? (await takeTurn(root));
    if (taken === null) {
      return refusal(
        "changed",
        "another keel edits the folder, and comes to no end",
        "end it, and try again",
      );
    }
    try {
      return await writeAll(root, changes);
    } finally {
      if (turn === null) taken.free();
    }
  } catch (error) {
    return refusalOf(error);
  }
}

async function writeAll(root: string, changes: readonly FileChange[]): Promise<EditRefusal | undefined> {
  const targets: Target[] = [];
  for (const change of changes) targets.push(await targetOf(root, change));
  const done: Target[] = [];
  try {
    for (const target of targets) {
      await write(target);
      done.push(target);
    }
    return undefined;
  } catch (error) {
    const refused = refusalOf(error);
    const kept = await takeBack(done);
    if (kept.length === 0) return refused;
    return { ...refused, message: `${refused.message}; already written: ${kept.join(", ")}` };
  }
}

/** Why the changes would be refused, as far as the files tell before anything is written. */
export async function whyNotWritable(
  folder: string,
  changes: readonly FileChange[],
): Promise<EditRefusal | undefined> {
  try {
    const root = await realpath(folder);
    for (const change of changes) await checkTarget(root, change);
    return undefined;
  } catch (error) {
    return refusalOf(error);
  }
}

interface Target extends FileChange {
  /** The file itself, where a link inside the folder leads to it. */
  readonly path: string;
}

class Refused extends Error {
  readonly refusal: EditRefusal;
  constructor(reason: EditRefusal["reason"], message: string, advice: string) {
    super(message);
    this.name = "Refused";
    this.refusal = refusal(reason, message, advice);
  }
}

async function targetOf(root: string, change: FileChange): Promise<Target> {
  if (change.before === null) await mkdir(dirname(join(root, change.file)), { recursive: true });
  return { ...change, path: await checkTarget(root, change) };
}

/** The path of the file itself. Of a new one the folder need not be there yet. */
async function checkTarget(root: string, { file, before }: FileChange): Promise<string> {
  const named = join(root, file);
  if (before === null) {
    if (await exists(named)) throw taken(file);
    const folder = (await exists(dirname(named))) ? dirname(named) : root;
    const parent = await realpath(folder);
    if (parent !== root && !parent.startsWith(root + sep)) throw outside(file);
    await checkWritable(parent, file);
    return named;
  }
  const path = await realpath(named);
  if (!path.startsWith(root + sep)) throw outside(file);
  if (isGenerated(before)) throw generated(file);
  const { mode } = await stat(path);
  if ((mode & 0o222) === 0) throw readOnly(file);
  await checkWritable(path, file);
  await checkWritable(dirname(path), file);
  if ((await readFile(path, "utf8")) !== before) throw changed(file);
  return path;
}

const headLines = 5;

/** Its first comments say so, in the words that such programs use: the next run would undo the edit. */
function isGenerated(text: string): boolean {
  const comments = text
    .split("\n", headLines)
    .filter((line) => line.trimStart().startsWith("#"))
    .join("\n");
  return /\bdo not edit\b|@generated\b|\bgenerated (?:by|from)\b|\b(?:ansible|puppet|chef|salt) managed\b|\bmanaged by (?:ansible|puppet|chef|salt|terraform)\b/i.test(
    comments,
  );
}

async function write({ file, path, before, after }: Target): Promise<void> {
  const isAsRead = () => readFileSync(path, "utf8") === before;
  if (before === null) {
    if (after !== null && !(await createFile(path, after))) throw changed(file);
  } else if (after === null) {
    if (!isAsRead()) throw changed(file);
    await removeFile(path);
  } else if (!(await replaceFile(path, after, isAsRead))) {
    throw changed(file);
  }
}

/** The files that could not be brought back to what they were. */
async function takeBack(done: readonly Target[]): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const { file, path, before, after } of [...done].reverse()) {
    try {
      await write({ file, path, before: after, after: before });
    } catch {
      kept.push(file);
    }
  }
  return kept;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function checkWritable(path: string, file: string): Promise<void> {
  try {
    await access(path, constants.W_OK);
  } catch {
    throw readOnly(file);
  }
}

function outside(file: string): Refused {
  return new Refused("outside", `${file} leads out of the folder`, "edit the file where it is");
}

function taken(file: string): Refused {
  const advice = "write it into another file, or move that one";
  return new Refused("taken", `there is a file ${file} already`, advice);
}

function changed(file: string): Refused {
  return new Refused(
    "changed",
    `${file} was changed by somebody else meanwhile`,
    "look at it, and try again",
  );
}

function generated(file: string): Refused {
  return new Refused(
    "generated",
    `${file} is written by a program, its first lines say`,
    "make the edit where it comes from",
  );
}

function readOnly(file: string): Refused {
  return new Refused(
    "read-only",
    `${file} can not be written`,
    "make it writable, or edit where it comes from",
  );
}

function refusalOf(error: unknown): EditRefusal {
  if (error instanceof Refused) return error.refusal;
  const code = codeOf(error);
  const reason = code === "EROFS" || code === "EACCES" || code === "EPERM" ? "read-only" : "write-failed";
  return refusal(reason, reasonOf(error), "look at the folder's permissions and free space");
}
