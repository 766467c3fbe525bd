import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";

import type { Clock } from "../../model/clock.ts";
import type { Issue } from "../issues/issue.ts";
import { wholeIssue } from "../issues/place-issue.ts";
import type { LoadResult } from "../load-result.ts";
import { ResolveMemory } from "../resolve/resolve-memory.ts";
import type { ResolveOptions } from "../resolve/resolve-options.ts";
import type { VmDocument } from "../schema/documents.ts";
import { assemble, type FolderContent } from "./assemble.ts";
import { attachmentOf, attachmentPath, Attachments } from "./attachments.ts";
import { isDocumentName } from "./ignored-names.ts";
import { inSlices } from "./in-slices.ts";
import {
  isSameStamp,
  listFolder,
  reasonOf,
  type ListedFile,
  type Listing,
  type Stamp,
} from "./list-folder.ts";
import { parseFile, type ParsedFile } from "./parse-file.ts";

export interface FolderReaderOptions extends Omit<ResolveOptions, "folder"> {
  readonly folder: string;
  /** The machine's: it is compared with what the file system says. */
  readonly clock: Pick<Clock, "now">;
}

interface CachedFile {
  readonly stamp: Stamp;
  readonly text: string;
  /** The file may have changed again within one tick of the file system's clock: its stamp proves nothing yet. */
  readonly isFresh: boolean;
}

const fileBytesMax = 4 * 1024 * 1024;
const folderBytesMax = 256 * 1024 * 1024;
/** Times that a folder which changes while it is read is read again at once. */
const attemptsMax = 5;
/** Older changes have a stamp of their own. Coarse on purpose: some file systems count in seconds. */
const freshMs = 2500;
/** Files read and parsed before others have their turn: about 10 ms. */
const slice = 50;

/**
 * Reads a folder as one revision: what it returns was all there at one moment. What did not change since the last time
 * is neither read nor parsed nor resolved again. Reads of one reader follow one another.
 */
export class FolderReader {
  readonly folder: string;
  readonly #options: FolderReaderOptions;
  readonly #memory = new ResolveMemory();
  readonly #attachmentMemory = new WeakMap<VmDocument, VmDocument>();
  #texts = new Map<string, CachedFile>();
  #parsed = new Map<string, ParsedFile>();
  #last: { readonly content: FolderContent; readonly result: LoadResult } | undefined = undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: FolderReaderOptions) {
    this.folder = options.folder;
    this.#options = options;
  }

  /** The same object as last time, where no file has changed. Rejects only when aborted. */
  async read(signal?: AbortSignal): Promise<LoadResult> {
    const { result } = await this.readContent(signal);
    return result;
  }

  /** As `read`, with the files: for edits. */
  async readContent(
    signal?: AbortSignal,
  ): Promise<{ readonly content: FolderContent; readonly result: LoadResult }> {
    const turn = this.#queue.then(() => this.#readSettled(signal));
    this.#queue = turn.catch(() => undefined);
    return signal === undefined ? turn : abortable(turn, signal);
  }

  /**
   * What the folder would be with some files' text replaced, or with what documents name added; null: the file is gone.
   * Reads nothing.
   */
  evaluate(content: FolderContent, changes: ReadonlyMap<string, string | null>): LoadResult {
    const files = new Map(content.files);
    const attached = new Map<string, string>();
    for (const [path, text] of changes) {
      if (text === null) files.delete(path);
      else if (isDocumentName(path)) files.set(path, parseFile(path, text, this.#memory));
      else attached.set(path, text);
    }
    const attachments = content.attachments.with(attached);
    return assemble({ ...content, files, attachments }, this.#options, this.#memory);
  }

  async #readSettled(signal?: AbortSignal): Promise<{ content: FolderContent; result: LoadResult }> {
    let listing = await listFolder(this.folder, signal);
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const content = await this.#load(listing, signal);
      const again = await listFolder(this.folder, signal);
      if (isSameListing(listing, again)) return this.#accept(content);
      listing = again;
    }
    const message = "the folder keeps changing while it is read";
    const problem = {
      code: "folder.unsettled",
      message,
      advice: "wait until whatever writes there is done",
    } as const;
    return this.#accept({ ...emptyContent(), issues: [wholeIssue(problem, ".")] });
  }

  #accept(content: FolderContent): { content: FolderContent; result: LoadResult } {
    if (this.#last !== undefined && isSameContent(this.#last.content, content)) return this.#last;
    const result = assemble(content, this.#options, this.#memory);
    this.#last = { content, result };
    return this.#last;
  }

  async #load(listing: Listing, signal?: AbortSignal): Promise<FolderContent> {
    const issues: Issue[] = [...listing.issues];
    const texts = new Map<string, CachedFile>();
    const parsed = new Map<string, ParsedFile>();
    const documents = listing.files.filter((file) => isDocumentName(file.path));
    const bytes = documents.reduce((sum, file) => sum + file.stamp.size, 0);
    if (bytes > folderBytesMax) {
      const message = `the folder holds more than ${folderBytesMax} bytes of documents`;
      issues.push(wholeIssue({ code: "folder.too-large", message, advice: "split the cluster" }, "."));
      return { ...emptyContent(), issues };
    }
    const take = (file: ListedFile) => {
      const text = this.#text(file, texts, issues);
      if (text === undefined) return;
      const known = this.#parsed.get(file.path);
      parsed.set(file.path, known?.text === text ? known : parseFile(file.path, text, this.#memory));
    };
    await inSlices(documents, slice, take, signal);
    const attachments = this.#attachments(listing, parsed, texts, issues);
    this.#texts = texts;
    this.#parsed = parsed;
    return { files: parsed, attachments, issues };
  }

  #attachments(
    listing: Listing,
    files: ReadonlyMap<string, ParsedFile>,
    texts: Map<string, CachedFile>,
    issues: Issue[],
  ): Attachments {
    const named = new Set<string>();
    for (const { document, file } of [...files.values()].flatMap((parsed) => parsed.documents)) {
      const name = document.kind === "VM" ? attachmentOf(document) : undefined;
      const path = name === undefined ? undefined : attachmentPath(file, name);
      if (path !== undefined) named.add(path);
    }
    const contents = new Map<string, string>();
    for (const file of listing.files.filter(({ path }) => named.has(path))) {
      const text = this.#text(file, texts, issues);
      if (text !== undefined) contents.set(file.path, text);
    }
    return new Attachments(contents, this.#attachmentMemory);
  }

  #text(file: ListedFile, texts: Map<string, CachedFile>, issues: Issue[]): string | undefined {
    const known = this.#texts.get(file.path);
    if (known !== undefined && !known.isFresh && isSameStamp(known.stamp, file.stamp)) {
      texts.set(file.path, known);
      return known.text;
    }
    const readAt = this.#options.clock.now();
    const read = readText(file);
    if (typeof read !== "string") {
      issues.push(read);
      return undefined;
    }
    texts.set(file.path, {
      stamp: file.stamp,
      text: read,
      isFresh: readAt - file.stamp.changedAtMs < freshMs,
    });
    return read;
  }
}

function readText(file: ListedFile): string | Issue {
  if (file.stamp.size > fileBytesMax) {
    const message = `the file is larger than ${fileBytesMax} bytes`;
    return wholeIssue({ code: "file.too-large", message, advice: "split it" }, file.path);
  }
  try {
    const text = readFileSync(file.absolute, "utf8");
    // What can not be decoded is replaced by this character, which a file may also hold on purpose.
    if (!text.includes("\ufffd") || isUtf8(readFileSync(file.absolute))) return text;
    const message = "the file is not UTF-8 text";
    return wholeIssue({ code: "file.not-text", message, advice: "save it as UTF-8" }, file.path);
  } catch (error) {
    const advice = "make it readable for this service, or remove it";
    return wholeIssue({ code: "file.unreadable", message: reasonOf(error), advice }, file.path);
  }
}

/** A file system that hangs can not be hurried, but nobody has to wait for it. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => {
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function emptyContent(): FolderContent {
  return { files: new Map(), attachments: new Attachments(new Map(), new WeakMap()), issues: [] };
}

function isSameListing(a: Listing, b: Listing): boolean {
  if (a.files.length !== b.files.length || a.issues.length !== b.issues.length) return false;
  return a.files.every((file, index) => {
    const other = b.files[index];
    return other !== undefined && file.path === other.path && isSameStamp(file.stamp, other.stamp);
  });
}

/** Whether every text is the same; problems of reading are news each time. */
function isSameContent(a: FolderContent, b: FolderContent): boolean {
  if (a.issues.length + b.issues.length > 0 || a.files.size !== b.files.size) return false;
  if (!a.attachments.equals(b.attachments)) return false;
  return [...b.files].every(([path, file]) => a.files.get(path) === file);
}
