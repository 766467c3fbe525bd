/** What differs between two sets of documents, as they were written: objects, and of each the fields. */
import { canonicalJson } from "../desired/canonical-json.ts";
import { byName, type ObjectId } from "../model/names.ts";
import type { ChangeCounts, StoredDocument, StoredDocuments } from "./desired-objects.ts";
import { type FieldChange, fieldChanges } from "./report/field-changes.ts";

export type DocumentChange =
  | { readonly word: "added"; readonly id: ObjectId; readonly after: StoredDocument }
  | {
      readonly word: "changed";
      readonly id: ObjectId;
      readonly before: StoredDocument;
      readonly after: StoredDocument;
    }
  | { readonly word: "removed"; readonly id: ObjectId; readonly before: StoredDocument };

/** Sorted by object. Where a document moved in its files and says the same, nothing has changed. */
export function documentChanges(before: StoredDocuments, after: StoredDocuments): readonly DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort(byName)) {
    const old = before.get(id);
    const now = after.get(id);
    if (old === undefined && now !== undefined) changes.push({ word: "added", id, after: now });
    else if (old !== undefined && now === undefined) changes.push({ word: "removed", id, before: old });
    else if (old !== undefined && now !== undefined && !isSame(old, now)) {
      changes.push({ word: "changed", id, before: old, after: now });
    }
  }
  return changes;
}

export function countChanges(changes: readonly DocumentChange[]): ChangeCounts {
  const count = (word: DocumentChange["word"]) => changes.filter((change) => change.word === word).length;
  return { added: count("added"), changed: count("changed"), removed: count("removed") };
}

/** All fields of one that was added; none of one that was removed: there is nothing more to say of it. */
export function fieldsOf(change: DocumentChange): readonly FieldChange[] {
  if (change.word === "removed") return [];
  const before = change.word === "added" ? null : change.before.document;
  return fieldChanges(before, change.after.document).filter(({ path }) => path !== "kind");
}

/** Almost always they are written in the same order too, and that is told sooner. */
function isSame({ document: a }: StoredDocument, { document: b }: StoredDocument): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b) || canonicalJson(a) === canonicalJson(b);
}
