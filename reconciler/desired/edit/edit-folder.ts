import type { ObjectId } from "../../model/names.ts";
import type { FolderReader } from "../load/folder-reader.ts";
import type { Edits } from "./merge-patch.ts";
import { planEdits, type PlannedEdits } from "./plan-edits.ts";
import { writeChanges } from "./write-changes.ts";

/**
 * Makes edits in the files of the reader's folder, all or none: byte-exact, legal before and after, and only where
 * nobody changed the files in the meantime.
 */
export async function editFolder(
  reader: FolderReader,
  edits: Edits,
  fileFor?: (id: ObjectId) => string,
  signal?: AbortSignal,
): Promise<PlannedEdits> {
  const planned = await planEdits(reader, edits, fileFor, signal);
  if (!planned.ok) return planned;
  const refused = await writeChanges(reader.folder, planned.changes);
  return refused === undefined ? planned : { ok: false, refusal: refused };
}
