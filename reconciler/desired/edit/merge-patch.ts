import type { ObjectId } from "../../model/names.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** RFC 7396: maps merge, `null` removes a field, anything else replaces it. */
export type MergePatch = Readonly<Record<string, Json>>;

/** A patch for each object; `null` removes the document, and one that is absent is created. */
export type Edits = ReadonlyMap<ObjectId, MergePatch | null>;

/** `target` with the patch applied; neither is changed. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const result = new Map(isMap(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, applyMergePatch(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** Documents with edits applied, for those that are not kept in files. What comes out is yet to be checked. */
export function applyEdits(
  documents: ReadonlyMap<ObjectId, unknown>,
  edits: Edits,
): ReadonlyMap<ObjectId, unknown> {
  const result = new Map(documents);
  for (const [id, patch] of edits) {
    if (patch === null) result.delete(id);
    else result.set(id, applyMergePatch(result.get(id) ?? identityOf(id), patch));
  }
  return result;
}

/** The fields that every document of this id has. */
export function identityOf(id: ObjectId): { readonly kind: string; readonly name: string } {
  const slash = id.indexOf("/");
  return { kind: id.slice(0, slash), name: id.slice(slash + 1) };
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
