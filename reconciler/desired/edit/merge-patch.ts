import type { ObjectId } from "../../model/names.ts";
import { canonicalJson } from "../canonical-json.ts";

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

/** The patch that makes `before` say what `after` says. Empty where it does already. Neither holds a null. */
export function mergePatchBetween(before: unknown, after: Readonly<Record<string, unknown>>): MergePatch {
  const known: Readonly<Record<string, unknown>> = isMap(before) ? before : {};
  const patch: Record<string, Json> = {};
  for (const key of Object.keys(known)) if (!(key in after)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const old = known[key];
    if (canonicalJson(old ?? null) === canonicalJson(value)) continue;
    // A map that becomes another one is patched inside; one that was no map before is written whole.
    patch[key] = isMap(value) && isMap(old) ? mergePatchBetween(old, value) : plainJson(value);
  }
  return patch;
}

function plainJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plainJson);
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainJson(each)]));
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
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
