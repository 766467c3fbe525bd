import { lstatSync, realpathSync, statSync, type Dirent, type Stats } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";

import { byName } from "../../model/names.ts";
import type { Issue } from "../issues/issue.ts";
import type { IssueCode } from "../issues/issue-codes.ts";
import { wholeIssue } from "../issues/place-issue.ts";
import { isAttachmentName, isDocumentName, isIgnoredName } from "./ignored-names.ts";
import { inSlices } from "./in-slices.ts";
import { messageOf } from "../../model/thrown.ts";

export interface ListedFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  /** The file itself, where a symbolic link leads to it. */
  readonly absolute: string;
  /** What tells one state of the file from the next, within the clock ticks of the file system. */
  readonly stamp: Stamp;
}

export interface Stamp {
  readonly inode: number;
  readonly size: number;
  readonly modifiedAtMs: number;
  /** When the file last changed in any way; no program can set it. */
  readonly changedAtMs: number;
}

export interface Listing {
  /** Documents and attachments, sorted by path. */
  readonly files: readonly ListedFile[];
  readonly issues: readonly Issue[];
}

/** More than that is no desired state, but a home directory. */
const filesMax = 100_000;
const depthMax = 32;
const slice = 256;

export function isSameStamp(a: Stamp, b: Stamp): boolean {
  const isSameFile = a.inode === b.inode && a.size === b.size;
  return isSameFile && a.modifiedAtMs === b.modifiedAtMs && a.changedAtMs === b.changedAtMs;
}

/** What the folder holds, and what could not be listed: that is never left out silently. */
export async function listFolder(folder: string, signal?: AbortSignal): Promise<Listing> {
  const lister = new FolderLister(signal);
  await lister.list(folder);
  const files = lister.files.sort((a, b) => byName(a.path, b.path));
  return { files, issues: lister.issues };
}

class FolderLister {
  readonly files: ListedFile[] = [];
  readonly issues: Issue[] = [];
  readonly #signal: AbortSignal | undefined;
  #root = "";

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async list(folder: string): Promise<void> {
    try {
      this.#root = await realpath(folder);
    } catch (error) {
      const code = codeOf(error) === "ENOENT" ? "folder.missing" : "folder.unreadable";
      this.#add(code, ".", `${folder}: ${reasonOf(error)}`, "nothing is applied until it is back");
      return;
    }
    await this.#folder(this.#root, "", [this.#root]);
  }

  async #folder(absolute: string, path: string, trail: readonly string[]): Promise<void> {
    this.#signal?.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(absolute, { withFileTypes: true });
    } catch (error) {
      const at = path === "" ? "." : path;
      this.#add(
        "folder.unreadable",
        at,
        `the folder: ${reasonOf(error)}`,
        "make it readable for this service",
      );
      return;
    }
    const wanted = entries.filter((entry) => !isIgnoredName(entry.name));
    const folders: Subfolder[] = [];
    const look = (entry: Dirent) => {
      const below = join(absolute, entry.name);
      const subfolder = this.#entry(entry, below, path === "" ? entry.name : `${path}/${entry.name}`);
      if (subfolder !== undefined) folders.push(subfolder);
    };
    await inSlices(wanted, slice, look, this.#signal);
    for (const folder of folders) await this.#subfolder(folder.absolute, folder.path, trail);
  }

  /** Adds a file, or returns the folder that is to be listed next. */
  #entry(entry: Dirent, absolute: string, path: string): Subfolder | undefined {
    if (entry.isDirectory()) return { absolute, path };
    if (!entry.isSymbolicLink() && !isWanted(entry.name)) return undefined;
    try {
      if (entry.isSymbolicLink()) return this.#link(entry.name, absolute, path);
      this.#file(path, absolute, lstatSync(absolute));
    } catch (error) {
      this.#unreadable(path, error);
    }
    return undefined;
  }

  async #subfolder(absolute: string, path: string, trail: readonly string[]): Promise<void> {
    if (trail.includes(absolute)) {
      this.#add("file.symlink-loop", path, "the link leads to a folder that holds it", "remove the link");
    } else if (trail.length > depthMax) {
      this.#add("folder.too-large", path, `folders are more than ${depthMax} deep`, "nest them less");
    } else {
      await this.#folder(absolute, path, [...trail, absolute]);
    }
  }

  #link(name: string, absolute: string, path: string): Subfolder | undefined {
    const target = realpathSync(absolute);
    const stats = statSync(target);
    if (!stats.isDirectory() && !isWanted(name)) return undefined;
    if (target !== this.#root && !target.startsWith(this.#root + sep)) {
      const message = `the link leads out of the folder, to ${target}`;
      this.#add("file.symlink-outside", path, message, "put the file itself here");
      return undefined;
    }
    if (stats.isDirectory()) return { absolute: target, path };
    this.#file(path, target, stats);
    return undefined;
  }

  #file(path: string, absolute: string, stats: Stats): void {
    if (!stats.isFile()) {
      this.#add("file.not-regular", path, "it is neither a file nor a folder", "remove or rename it");
    } else if (this.files.length < filesMax) {
      const { ino, size, mtimeMs, ctimeMs } = stats;
      const stamp = { inode: ino, size, modifiedAtMs: mtimeMs, changedAtMs: ctimeMs };
      this.files.push({ path, absolute, stamp });
    } else if (this.files.length === filesMax) {
      this.#add("folder.too-large", ".", `the folder holds more than ${filesMax} files`, "split the cluster");
    }
  }

  /** Also what vanished between listing and looking: the next look, a moment later, sees it settled. */
  #unreadable(path: string, error: unknown): void {
    this.#add("file.unreadable", path, reasonOf(error), "make it readable for this service, or remove it");
  }

  #add(code: IssueCode, file: string, message: string, advice: string): void {
    this.issues.push(wholeIssue({ code, message, advice }, file));
  }
}

interface Subfolder {
  readonly absolute: string;
  readonly path: string;
}

/** Why the system refused, in its own words, without the call's name and path. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message.replace(/^[A-Z0-9]+: /, "").replace(/, [a-z]+( '.*')?$/, "");
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function isWanted(name: string): boolean {
  return isDocumentName(name) || isAttachmentName(name);
}
