/**
 * The desired state in the store: documents as they were written, in content-addressed objects, and one `head` that
 * names them. Documents are spread over 256 objects by their id, so that an edit rewrites the one it is in, and a head
 * for 10,000 VMs stays at 20 KB. Readers see the old head or the new one, whole.
 */
import { createHash } from "node:crypto";
import type { SourcePosition } from "../model/desired.ts";
import { byName, type ObjectId, type VmName } from "../model/names.ts";
import { encode } from "../store/codec.ts";
import type { AnyDocument } from "../desired/schema/documents.ts";

/** `desired/head`: what is in force. */
export interface Head {
  readonly generation: number;
  readonly at: number;
  readonly by: string;
  /** Digest of all documents. */
  readonly digest: string;
  /** The git commit of the folder, where it is a work tree. */
  readonly commit: string | null;
  /** Which object holds which part: part → digest. */
  readonly parts: Readonly<Record<string, string>>;
  /** The machine that applied: the one node's name, where no Node document says otherwise. */
  readonly host: string;
  /** How many documents it added, changed and removed. Heads of earlier versions do not tell. */
  readonly changes?: ChangeCounts;
  /** The VMs whose destruction is over `bounds.destroy`, sorted. Heads of earlier versions do not tell. */
  readonly overBound?: readonly VmName[];
  /** What this apply was, where it was no plain one: a rollback says to which generation. */
  readonly note?: string;
}

export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

export interface StoredDocument {
  readonly document: AnyDocument;
  readonly source: SourcePosition;
}

export type StoredDocuments = ReadonlyMap<ObjectId, StoredDocument>;

/** `desired/object/<digest>`. */
export interface DocumentsObject {
  readonly documents: readonly (readonly [ObjectId, StoredDocument])[];
}

export interface PartedDocuments {
  /** part → digest, as in `Head`. */
  readonly parts: Readonly<Record<string, string>>;
  /** digest → the record to store under it. */
  readonly objects: ReadonlyMap<string, string>;
}

/** The objects that hold these documents; the same documents always make the same objects. */
export function partDocuments(documents: StoredDocuments): PartedDocuments {
  const byPart = new Map<string, [ObjectId, StoredDocument][]>();
  for (const entry of [...documents].sort(([a], [b]) => byName(a, b))) {
    const part = partOf(entry[0]);
    const entries = byPart.get(part);
    if (entries === undefined) byPart.set(part, [entry]);
    else entries.push(entry);
  }
  const parts: Record<string, string> = {};
  const objects = new Map<string, string>();
  for (const [part, entries] of [...byPart].sort(([a], [b]) => byName(a, b))) {
    const text = encode({ documents: entries } satisfies DocumentsObject);
    const digest = digestOf(text);
    parts[part] = digest;
    objects.set(digest, text);
  }
  return { parts, objects };
}

/** Which part an object's document is in. */
export function partOf(id: ObjectId): string {
  return digestOf(id).slice(0, 2);
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
