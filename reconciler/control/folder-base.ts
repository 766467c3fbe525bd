/**
 * Which generation a folder is based on, and what applying it would undo where that is not the one in force: what
 * was applied from elsewhere since then, and is not in the folder.
 */
import { canonicalJson } from "../desired/canonical-json.ts";
import type { AnyDocument } from "../desired/schema/documents.ts";
import { byName, type ObjectId } from "../model/names.ts";
import type { UndoneReport, UndoReport } from "../model/report.ts";
import { type Head, partOf, type StoredDocuments } from "./desired-objects.ts";

/** The last generation that the folder was known to say the same as. The digest tells it from another store's. */
export interface FolderBase {
  readonly cluster: string;
  readonly generation: number;
  readonly digest: string;
}

export type Footing =
  /** It lacks nothing of what is in force. */
  | { readonly kind: "current" }
  /** Nothing tells what it lacks. */
  | { readonly kind: "unknown" }
  | { readonly kind: "stale"; readonly undo: UndoReport };

/** What changed between the base and the head: the parts, and the base's documents in them. */
export interface Past {
  readonly parts: ReadonlySet<string>;
  readonly documents: StoredDocuments;
}

/** Whether the base is the generation that is in force. */
export function isBasedOn(base: FolderBase, cluster: string, head: Head): boolean {
  return base.cluster === cluster && base.generation === head.generation && base.digest === head.digest;
}

export interface ThreeWays {
  readonly base: FolderBase;
  readonly past: Past;
  readonly head: Head;
  /** What is in force. */
  readonly applied: StoredDocuments;
  readonly folder: ReadonlyMap<ObjectId, AnyDocument>;
}

/**
 * Compares what was changed since the base with the folder, field by field. What the folder has as it was then, or has
 * edited otherwise, would be set back or lost; what it has as it is now, it has taken over.
 */
export function compareThreeWays({ base, past, head, applied, folder }: ThreeWays): Footing {
  const ids = new Set([
    ...past.documents.keys(),
    ...[...applied.keys()].filter((id) => past.parts.has(partOf(id))),
  ]);
  const objects = [...ids]
    .sort(byName)
    .map((id) => compare(id, past.documents.get(id)?.document, applied.get(id)?.document, folder.get(id)))
    .filter((undone) => undone !== null);
  if (objects.length === 0) return { kind: "current" };
  return { kind: "stale", undo: { base: base.generation, head: head.generation, by: head.by, objects } };
}

type Written = AnyDocument | undefined;

function compare(object: ObjectId, then: Written, now: Written, here: Written): UndoneReport | null {
  if (then === undefined || now === undefined || here === undefined) {
    const change = then === undefined ? "addition" : now === undefined ? "removal" : "edit";
    const isLost = differ(now, then) && differ(now, here);
    return isLost ? { object, change, fields: [], conflict: differ(here, then) } : null;
  }
  const [was, is, wanted] = [fieldsOf(then), fieldsOf(now), fieldsOf(here)];
  const fields = [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => is.get(field) !== was.get(field) && is.get(field) !== wanted.get(field))
    .sort(byName);
  if (fields.length === 0) return null;
  const conflict = fields.some((field) => wanted.get(field) !== was.get(field));
  return { object, change: "edit", fields, conflict };
}

function differ(a: Written, b: Written): boolean {
  return canonicalJson(a) !== canonicalJson(b);
}

function fieldsOf(document: AnyDocument): ReadonlyMap<string, string> {
  return new Map(Object.entries(document).map(([field, value]) => [field, canonicalJson(value)]));
}

const namedMax = 5;

/** `VM/web1 (edit: memory), Node/hv9 (addition) and 3 more`. */
export function undoneNames({ objects }: UndoReport, shown: (id: ObjectId) => string = (id) => id): string {
  const names = objects
    .slice(0, namedMax)
    .map((undone) => `${shown(undone.object)} (${undoneWords(undone)})`);
  const more = objects.length - names.length;
  return names.join(", ") + (more === 0 ? "" : ` and ${more} more`);
}

/** `edit: memory, tags; edited here too`. */
export function undoneWords({ change, fields, conflict }: UndoneReport): string {
  const which = fields.length === 0 ? "" : `: ${fields.join(", ")}`;
  return `${change}${which}${conflict ? "; edited here too" : ""}`;
}
