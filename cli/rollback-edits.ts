/** From the folder as it is to one that says what an earlier generation said: which edits that takes, and where. */
import type { StoredDocuments } from "../reconciler/control/desired-objects.ts";
import { canonicalJson } from "../reconciler/desired/canonical-json.ts";
import {
  type Edits,
  isMap,
  mergePatchBetween,
  type MergePatch,
} from "../reconciler/desired/edit/merge-patch.ts";
import { defaultFile, type PlannedEdits, planEdits } from "../reconciler/desired/edit/plan-edits.ts";
import { refusal } from "../reconciler/desired/edit/refusal.ts";
import type { FolderReader } from "../reconciler/desired/load/folder-reader.ts";
import { isDocumentName } from "../reconciler/desired/load/ignored-names.ts";
import type { Loaded } from "../reconciler/desired/load-result.ts";
import { byName, type ObjectId } from "../reconciler/model/names.ts";

/** What would have to be edited in the reader's folder. Writes nothing; refused where the outcome would not be exact. */
export async function planRollback(
  reader: FolderReader,
  wanted: StoredDocuments,
  signal: AbortSignal,
): Promise<PlannedEdits> {
  const { result } = await reader.readContent(signal);
  // What is wrong with the folder is said by whoever plans edits in it.
  const edits = result.ok ? editsTo(wanted, result) : new Map<ObjectId, null>();
  const attached = [...edits].find(([, patch]) => replacesXml(patch));
  if (attached !== undefined && result.ok && hasXml(result, attached[0])) {
    const [id] = attached;
    const why = `${id} had another domain.xml then, and that may be a file of its own`;
    return { ok: false, refusal: refusal("layout", why, "put the XML back by hand, then roll back again") };
  }
  const planned = await planEdits(reader, edits, (id) => fileOf(id, wanted), signal);
  if (!planned.ok || saysJust(wanted, planned.result)) return planned;
  const why = "the files would not say exactly what that generation said";
  return { ok: false, refusal: refusal("layout", why, "edit them by hand; `keel diff` shows the fields") };
}

/** Away with what is new, then what changed, then what was removed: each where it stood, in the order it stood in. */
function editsTo(wanted: StoredDocuments, { documents }: Loaded): Edits {
  const edits = new Map<ObjectId, MergePatch | null>();
  for (const id of documents.keys()) if (!wanted.has(id)) edits.set(id, null);
  const missing = [...wanted].filter(([id]) => !documents.has(id));
  missing.sort(([, a], [, b]) => byName(a.source.file, b.source.file) || a.source.line - b.source.line);
  for (const [id, { document }] of wanted) {
    const now = documents.get(id);
    if (now === undefined || canonicalJson(now) === canonicalJson(document)) continue;
    edits.set(id, mergePatchBetween(now, document));
  }
  for (const [id, { document }] of missing) edits.set(id, mergePatchBetween(null, document));
  return edits;
}

/** Back to where it stood; an object that was in no file gets one of its own. */
function fileOf(id: ObjectId, wanted: StoredDocuments): string {
  const file = wanted.get(id)?.source.file;
  return file !== undefined && isDocumentName(file) ? file : defaultFile(id);
}

function replacesXml(patch: MergePatch | null): boolean {
  const domain = patch?.["domain"];
  return isMap(domain) && "xml" in domain;
}

/** Of a document that is there: the text of its XML stands in the place of the file's name. */
function hasXml({ documents }: Loaded, id: ObjectId): boolean {
  const document = documents.get(id);
  return document?.kind === "VM" && document.domain?.xml !== undefined;
}

function saysJust(wanted: StoredDocuments, { documents }: Loaded): boolean {
  if (documents.size !== wanted.size) return false;
  return [...wanted].every(
    ([id, { document }]) => canonicalJson(documents.get(id) ?? null) === canonicalJson(document),
  );
}
