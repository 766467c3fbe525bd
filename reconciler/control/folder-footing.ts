/** What a folder stands on, looked up: its base on disk, and what the base was in the history. */
import type { Loaded } from "../desired/load-result.ts";
import type { ObjectId } from "../model/names.ts";
import { decode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import type { Applied } from "./applied-desired.ts";
import { severalAtOnce } from "./batches.ts";
import type { DocumentsObject, Head, StoredDocument } from "./desired-objects.ts";
import { compareThreeWays, type FolderBase, type Footing, isBasedOn, type Past } from "./folder-base.ts";
import { readFolderBases, writeFolderBases } from "./folder-base-file.ts";

export interface FootingOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  /** The folder, absolute. */
  readonly directory: string;
  readonly loaded: Loaded;
  readonly applied: Applied;
}

/** Of applies one after the other whose outcome nobody knows; the last known base is kept behind them. */
const attemptsKept = 8;

/** Reads only; a folder whose documents are those in force lacks nothing. @throws StoreError */
export async function footingOf(options: FootingOptions): Promise<Footing> {
  const { store, keys, directory, loaded, applied } = options;
  const { head } = applied;
  if (head === null || head.digest === loaded.digest) return { kind: "current" };
  const cluster = applied.desired.cluster.name;
  const bases = (await readFolderBases(directory)).filter((base) => base.cluster === cluster);
  if (bases.some((base) => isBasedOn(base, cluster, head))) return { kind: "current" };
  for (const base of bases) {
    const past = await pastOf(store, keys, base, head);
    if (past === null) continue;
    const { documents: folder } = loaded;
    return compareThreeWays({ base, past, head, applied: applied.documents, folder });
  }
  return { kind: "unknown" };
}

/** Remembers that the folder says what this generation says. Rejects where that cannot be written. */
export async function rememberBase(directory: string, cluster: string, head: Head): Promise<void> {
  const bases = await readFolderBases(directory);
  const [first] = bases;
  if (bases.length === 1 && first !== undefined && isBasedOn(first, cluster, head)) return;
  await writeFolderBases(directory, [baseOf(cluster, head)]);
}

/**
 * Remembers, before the folder is applied, what generation that would make. Where the answer to the apply is lost, the
 * history tells later whether it came to be. Rejects where that cannot be written.
 */
export async function rememberAttempt(
  directory: string,
  cluster: string,
  next: Pick<Head, "generation" | "digest">,
): Promise<void> {
  const known = await readFolderBases(directory);
  await writeFolderBases(directory, [baseOf(cluster, next), ...known].slice(0, attemptsKept));
}

function baseOf(cluster: string, { generation, digest }: Pick<Head, "generation" | "digest">): FolderBase {
  return { cluster, generation, digest };
}

/** Null where the history does not know this base, or no longer has its objects. */
async function pastOf(store: Store, keys: ClusterKeys, base: FolderBase, head: Head): Promise<Past | null> {
  const record = await store.get(keys.history(base.generation));
  if (record === null) return null;
  const then = decode<Head>(record);
  if (then.digest !== base.digest) return null;
  const parts = new Set([...Object.keys(then.parts), ...Object.keys(head.parts)]);
  for (const part of [...parts]) if (then.parts[part] === head.parts[part]) parts.delete(part);
  const digests = Object.entries(then.parts).flatMap(([part, digest]) => (parts.has(part) ? [digest] : []));
  const objects = await severalAtOnce(digests, (digest) => store.get(keys.object(digest)));
  const documents = new Map<ObjectId, StoredDocument>();
  for (const object of objects) {
    if (object === null) return null;
    for (const [id, stored] of decode<DocumentsObject>(object).documents) documents.set(id, stored);
  }
  return { parts, documents };
}
