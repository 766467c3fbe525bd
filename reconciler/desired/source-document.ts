import { objectId, type ObjectId } from "../model/names.ts";
import type { AnyDocument } from "./schema/documents.ts";

/** One legal document, and where it was read. */
export interface SourceDocument<D extends AnyDocument = AnyDocument> {
  readonly document: D;
  /** Relative to the folder; the object's id where it was not read from a file. */
  readonly file: string;
  /** Of its first field, from 1. */
  readonly line: number;
  /** Which of the file's documents it is, empty ones counted. */
  readonly index: number;
}

export function idOf(document: AnyDocument): ObjectId {
  return objectId(document.kind, document.name);
}

export function placeOf(source: SourceDocument): string {
  return source.file === idOf(source.document) ? source.file : `${source.file}:${source.line}`;
}
