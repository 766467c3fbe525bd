/**
 * Puts a backup into a store that has nothing of the cluster. A marker is written first, together with a store record
 * that is frozen, so that nobody acts on the half of it; the head, without which nothing is in force, comes last and
 * takes the marker away. A restore that was interrupted goes on where the same file is given again, or is cleared.
 */
import { KeelError } from "../model/errors.ts";
import type { Placement } from "../model/placement.ts";
import { neverRestored, type StoreRecord } from "../model/store-record.ts";
import type { Backup, BackupRecord } from "./backup.ts";
import { decode, encode } from "./codec.ts";
import type { ClusterKeys } from "./keys.ts";
import { type Compare, type Operation, type Store, StoreError } from "./store.ts";

export interface RestoreOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly by: string;
  readonly now: number;
}

/** `restoring`: which backup is being put back. */
interface RestoreMarker {
  readonly sha256: string;
  readonly by: string;
  readonly at: number;
}

export interface Restored {
  readonly records: number;
  /** It went on with what an earlier try had begun. */
  readonly continued: boolean;
}

/**
 * Not put back: approvals and other requests, which are good for one time; and what was done and
 * measured in the store that it came from.
 */
export function isRestored({ key }: BackupRecord): boolean {
  return !key.startsWith("request/") && key !== "housekeeping" && key !== "rounds";
}

/** @throws KeelError `refused` where the cluster has records, but for those of a restore of the same file */
export async function restoreBackup(backup: Backup, options: RestoreOptions): Promise<Restored> {
  const { store, keys } = options;
  const marker = keys.restoring;
  const continued = await begin(backup, options);
  const held = await store.get(marker);
  if (held === null) throw interfered();
  const guard: Compare = { key: marker, modRevision: held.modRevision };
  const records = backup.records
    .filter(isRestored)
    .map((record) => ({ ...record, key: keys.root + record.key }));
  const last = new Set<string>([keys.head, keys.store]);
  for (const then of batches(records.filter(({ key }) => !last.has(key)))) {
    if (!(await store.transact({ compare: [guard], then })).ok) throw interfered();
  }
  const head = records.filter(({ key }) => key === keys.head).map(put);
  await finish(store, marker, { compare: [guard], then: [...head, { delete: marker }] });
  return { records: records.length, continued };
}

/** Takes away what an interrupted restore left. @throws KeelError `refused` where there is none */
export async function clearRestore({ store, keys }: Pick<RestoreOptions, "store" | "keys">): Promise<number> {
  const marker = keys.restoring;
  const held = await store.get(marker);
  if (held === null) {
    const advice = "Only what an interrupted restore left is ever cleared.";
    throw refused("no restore is half done here", advice);
  }
  const guard: Compare = { key: marker, modRevision: held.modRevision };
  const { items } = await store.list(keys.root);
  const others = items.filter(({ key }) => key !== marker);
  for (let i = 0; i < others.length; i += batchKeys) {
    const then = others.slice(i, i + batchKeys).map(({ key }) => ({ delete: key }));
    if (!(await store.transact({ compare: [guard], then })).ok) throw interfered();
  }
  await store.transact({ compare: [guard], then: [{ delete: marker }] });
  return others.length;
}

/** Whether it was begun before. The record that freezes the store is written with the marker. */
async function begin(backup: Backup, { store, keys, by, now }: RestoreOptions): Promise<boolean> {
  const { items } = await store.list(keys.root);
  const held = items.find(({ key }) => key === keys.restoring);
  if (held !== undefined) {
    if (decode<RestoreMarker>(held).sha256 === backup.sha256) return true;
    const advice = "Give the same file to go on, or `--clear` to begin anew.";
    throw refused("a restore of another backup is half done here", advice);
  }
  if (items.length > 0) {
    const why = `it holds ${String(items.length)} records of the cluster`;
    const advice =
      "Only an empty store takes a backup. End the reconcilers, agents and heartbeats that use it, and restore into a fresh one.";
    throw refused(why, advice);
  }
  const record: RestoreMarker = { sha256: backup.sha256, by, at: now };
  const then = [
    { put: keys.restoring, value: encode(record) },
    { put: keys.store, value: frozenRecord(backup, { by, now }) },
  ];
  const compare = then.map(({ put: key }) => ({ key, createRevision: 0 }));
  if (!(await store.transact({ compare, then })).ok) throw interfered();
  return false;
}

/** The store record of the backup, frozen: what its maker had seen is the least that an acceptance must lie above. */
function frozenRecord({ header, records }: Backup, { by, now }: { by: string; now: number }): string {
  const held = records.find(({ key }) => key === "store");
  const former = held === undefined ? neverRestored : decode<StoreRecord>(held);
  const { cluster, storeId, counter, revision } = header;
  const taken = `taken ${new Date(header.at).toISOString()} at revision ${String(revision)}`;
  const why = `restored from a backup of ${cluster}, ${taken}`;
  const frozen = {
    by: `restore that ${by} made`,
    at: now,
    why,
    seen: { storeId, counter, revision, epoch: highestEpoch(records) },
  };
  return encode({ ...former, frozen } satisfies StoreRecord);
}

function highestEpoch(records: readonly BackupRecord[]): number {
  return records
    .filter(({ key }) => key.startsWith("placement/"))
    .reduce((highest, record) => Math.max(highest, decode<Pick<Placement, "epoch">>(record).epoch), 0);
}

/** Repeated where its outcome is unknown: the marker tells. */
async function finish(
  store: Store,
  marker: string,
  transaction: { readonly compare: readonly Compare[]; readonly then: readonly Operation[] },
): Promise<void> {
  try {
    if ((await store.transact(transaction)).ok) return;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "ambiguous") throw error;
    if ((await store.get(marker)) === null) return;
    throw error;
  }
  throw interfered();
}

const batchKeys = 100;
const batchBytes = 1_000_000;

function* batches(records: readonly BackupRecord[]): Generator<readonly Operation[], void, undefined> {
  let batch: Operation[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = Buffer.byteLength(record.key) + Buffer.byteLength(record.value);
    if (batch.length === batchKeys || (batch.length > 0 && bytes + size > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(put(record));
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function put({ key, value }: BackupRecord): Operation {
  return { put: key, value };
}

function interfered(): KeelError {
  return refused("somebody else writes to it at the same time", "Look who does, then begin anew.");
}

function refused(why: string, advice: string): KeelError {
  return new KeelError("refused", { what: "Restoring into this store", why, advice });
}
