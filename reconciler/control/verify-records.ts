/** Whether the records of a cluster are whole: what a backup is checked by, and a live store too. */
import type { Backup } from "../store/backup.ts";
import { decode } from "../store/codec.ts";
import { type ClusterKeys, clusterKeys } from "../store/keys.ts";
import { StoreError } from "../store/store.ts";
import { type DocumentsObject, digestOf, type Head } from "./desired-objects.ts";

export interface VerifiedRecord {
  readonly key: string;
  readonly value: string;
}

export interface Verdict {
  readonly records: number;
  /** In force; null where nothing was ever applied. */
  readonly generation: number | null;
  /** Documents that the head names. */
  readonly documents: number;
  /** What is wrong, a sentence each; empty: all is well. */
  readonly problems: readonly string[];
}

/** Every record can be read, and all that the head names is there, as it was written. */
export function verifyRecords(records: readonly VerifiedRecord[], keys: ClusterKeys): Verdict {
  const problems = records.flatMap((record) => unreadable(record));
  const objects = new Map(
    records
      .filter(({ key }) => key.startsWith(keys.object("")))
      .map(({ key, value }) => [key.slice(keys.object("").length), value]),
  );
  for (const [digest, value] of objects) {
    if (digestOf(value) !== digest)
      problems.push(`object ${digest} is not what its name says: it was changed`);
  }
  const held = records.find(({ key }) => key === keys.head);
  if (held === undefined || unreadable(held).length > 0)
    return { records: records.length, generation: null, documents: 0, problems };
  const head = decode<Head>(held);
  let documents = 0;
  for (const [part, digest] of Object.entries(head.parts)) {
    const value = objects.get(digest);
    if (value === undefined) {
      problems.push(
        `generation ${String(head.generation)} names object ${digest} for its part ${part}, and it is not there`,
      );
    } else if (digestOf(value) === digest) {
      documents += decode<DocumentsObject>({ key: keys.object(digest), value }).documents.length;
    }
  }
  return { records: records.length, generation: head.generation, documents, problems };
}

/** The records of a backup, whose file was found whole. */
export function verifyBackup({ header, records }: Backup): Verdict {
  const keys = clusterKeys(header.cluster);
  const named = records.map(({ key, value }) => ({ key: keys.root + key, value }));
  return verifyRecords(named, keys);
}

function unreadable(record: VerifiedRecord): string[] {
  try {
    decode(record);
    return [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return [error.message];
  }
}
