import { posix } from "node:path";

import { byName, type ObjectId } from "../../model/names.ts";
import type { FolderContent } from "../load/assemble.ts";
import type { FolderReader } from "../load/folder-reader.ts";
import { isDocumentName, isIgnoredName } from "../load/ignored-names.ts";
import type { Loaded } from "../load-result.ts";
import { idOf } from "../source-document.ts";
import { appendDocument, patchDocument, removeDocument, type EditedText } from "./edit-text.ts";
import { applyMergePatch, identityOf, isMap, type Edits, type MergePatch } from "./merge-patch.ts";
import { refusal, type EditRefusal } from "./refusal.ts";

/** What an edit does to one file. `before` is what was read; null: there is no such file. */
export interface FileChange {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly before: string | null;
  readonly after: string | null;
}

export type PlannedEdits =
  | {
      readonly ok: true;
      /** In the order in which they are written; empty where the files say so already. */
      readonly changes: readonly FileChange[];
      /** The folder with the changes made. */
      readonly result: Loaded;
    }
  | { readonly ok: false; readonly refusal: EditRefusal };

/**
 * What the edits would do to the files, and the desired state that would come of it. Writes nothing. `fileFor` says
 * where a new document goes; by default into a file of its own, named after kind and name.
 */
export async function planEdits(
  reader: FolderReader,
  edits: Edits,
  fileFor: (id: ObjectId) => string = defaultFile,
  signal?: AbortSignal,
): Promise<PlannedEdits> {
  const { content, result } = await reader.readContent(signal);
  if (!result.ok) {
    const refused = refusal("invalid", "the folder is not legal as it is", "mend it first; see the issues");
    return { ok: false, refusal: { ...refused, issues: result.issues } };
  }
  const texts = new EditedTexts(content);
  for (const [id, patch] of edits) {
    const problem = patch === null ? texts.remove(id) : texts.patch(id, patch, fileFor);
    if (problem !== undefined) return { ok: false, refusal: problem };
  }
  const changes = texts.changes();
  if (changes.length === 0) return { ok: true, changes, result };
  const next = reader.evaluate(content, new Map(changes.map(({ file, after }) => [file, after])));
  if (next.ok) return { ok: true, changes, result: next };
  const refused = refusal("invalid", "the folder would not be legal after this edit", "see the issues");
  return { ok: false, refusal: { ...refused, issues: next.issues } };
}

/**
 * What files that are not there yet would add, their texts as they were written: documents, and what they name. They are
 * written in this order. Writes nothing.
 */
export async function planNewFiles(
  reader: FolderReader,
  files: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<PlannedEdits> {
  const { content } = await reader.readContent(signal);
  const taken = [...files.keys()].find((file) => content.files.has(file));
  if (taken !== undefined) {
    const advice = "write it into another file, or move that one";
    return { ok: false, refusal: refusal("taken", `there is a file ${taken} already`, advice) };
  }
  const changes = [...files].map(([file, after]) => ({ file, before: null, after }));
  const next = reader.evaluate(content, files);
  if (next.ok) return { ok: true, changes, result: next };
  const refused = refusal("invalid", "the folder would not be legal with it", "see the issues");
  return { ok: false, refusal: { ...refused, issues: next.issues } };
}

/** A file of its own, named after kind and name. */
export function defaultFile(id: ObjectId): string {
  const { kind, name } = identityOf(id);
  return `${kind.toLowerCase()}-${name}.yaml`;
}

class EditedTexts {
  readonly #content: FolderContent;
  readonly #texts = new Map<string, string | null>();

  constructor(content: FolderContent) {
    this.#content = content;
  }

  patch(id: ObjectId, patch: MergePatch, fileFor: (id: ObjectId) => string): EditRefusal | undefined {
    const file = this.#fileOf(id);
    if (file === undefined) return this.#add(patch, fileFor(id), id);
    return this.#keep(file, patchDocument(this.#text(file) ?? "", id, patch));
  }

  remove(id: ObjectId): EditRefusal | undefined {
    const file = this.#fileOf(id);
    return file === undefined ? undefined : this.#keep(file, removeDocument(this.#text(file) ?? "", id));
  }

  changes(): readonly FileChange[] {
    const changes = [...this.#texts].map(([file, after]) => ({ file, before: this.#original(file), after }));
    return changes.filter(({ before, after }) => before !== after).sort((a, b) => byName(a.file, b.file));
  }

  #add(patch: MergePatch, file: string, id: ObjectId): EditRefusal | undefined {
    const document = applyMergePatch(identityOf(id), patch);
    if (!isMap(document)) return refusal("layout", `${id} is not a map`, "write kind, name and fields");
    if (!isInFolder(file)) {
      return refusal(
        "outside",
        `${file} is not a document's file of the folder`,
        "name a .yaml file inside of it",
      );
    }
    return this.#keep(file, appendDocument(this.#text(file) ?? "", document));
  }

  #fileOf(id: ObjectId): string | undefined {
    for (const { file, documents } of this.#content.files.values()) {
      if (documents.some(({ document }) => idOf(document) === id)) return file;
    }
    return undefined;
  }

  #text(file: string): string | null {
    const edited = this.#texts.get(file);
    return edited === undefined ? this.#original(file) : edited;
  }

  #original(file: string): string | null {
    return this.#content.files.get(file)?.text ?? null;
  }

  #keep(file: string, edited: EditedText): EditRefusal | undefined {
    if (!edited.ok) {
      return { ...edited.refusal, message: `${file}: ${edited.refusal.message}` };
    }
    this.#texts.set(file, edited.text);
    return undefined;
  }
}

function isInFolder(file: string): boolean {
  const parts = file.split("/");
  const isPlain = posix.normalize(file) === file && !posix.isAbsolute(file) && !parts.includes("..");
  return isPlain && isDocumentName(file) && !parts.some(isIgnoredName);
}
