/** An edit of the folder, put on what is in force: what else waits in the folder goes on waiting. */
import type { LoadResult } from "../desired/load-result.ts";
import { resolveDocuments } from "../desired/resolve-documents.ts";
import type { ResolveOptions } from "../desired/resolve/resolve-options.ts";
import { canonicalJson } from "../desired/canonical-json.ts";
import type { AnyDocument } from "../desired/schema/documents.ts";
import { byName, type ObjectId } from "../model/names.ts";
import type { StoredDocuments } from "./desired-objects.ts";

/** What an edit is about: these fields of an object, or null: its whole document. */
export type Touched = ReadonlyMap<ObjectId, readonly string[] | null>;

export interface EditedFolder {
  readonly documents: ReadonlyMap<ObjectId, AnyDocument>;
  readonly sources: ReadonlyMap<ObjectId, { readonly file: string; readonly line: number }>;
}

/**
 * The documents in force, with what an edit touched as the folder has it now. Not legal where the edit needs something
 * that is in the folder alone. The digest is the folder's where nothing else waits in it.
 */
export function onlyThese(
  inForce: StoredDocuments,
  folder: EditedFolder,
  touched: Touched,
  options: ResolveOptions,
): LoadResult {
  const documents = new Map<ObjectId, object>([...inForce].map(([id, { document }]) => [id, document]));
  const sources = new Map([...inForce].map(([id, { source }]) => [id, source]));
  for (const [id, fields] of touched) {
    const written = folder.documents.get(id);
    const source = folder.sources.get(id);
    if (source !== undefined) sources.set(id, source);
    if (written === undefined) documents.delete(id);
    else documents.set(id, fields === null ? written : withFields(documents.get(id), written, fields));
  }
  return resolveDocuments(documents, { ...options, sources });
}

/** The objects of which the folder says something else than `next`. */
export function leftWaiting(
  folder: ReadonlyMap<ObjectId, AnyDocument>,
  next: ReadonlyMap<ObjectId, AnyDocument>,
): readonly ObjectId[] {
  const ids = new Set([...folder.keys(), ...next.keys()]);
  const said = (documents: typeof folder, id: ObjectId) => canonicalJson(documents.get(id) ?? null);
  return [...ids].filter((id) => said(folder, id) !== said(next, id)).sort(byName);
}

function withFields(before: object | undefined, written: AnyDocument, fields: readonly string[]): object {
  if (before === undefined) return written;
  const values = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(written));
  for (const field of fields) {
    if (now.has(field)) values.set(field, now.get(field));
    else values.delete(field);
  }
  return Object.fromEntries(values);
}
