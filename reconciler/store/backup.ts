/**
 * A backup as a file: all records of one cluster as they stood at one revision. Lines of JSON: what it is of, a line for
 * each record, and at the end the digest of all before it. So a file that was cut short, or edited, is known for what
 * it is. What lives under a lease is left out: it says who is there now, and is worth nothing later.
 */
import { createHash } from "node:crypto";
import { KeelError } from "../model/errors.ts";
import { formatVersion } from "./codec.ts";
import type { Snapshot } from "./store.ts";

export interface BackupHeader {
  readonly kind: "keel-backup";
  /** Of the file's lines. */
  readonly v: number;
  /** Of the records in it. */
  readonly formatVersion: number;
  readonly cluster: string;
  readonly storeId: string;
  /** How often this cluster's store was restored before. */
  readonly counter: number;
  readonly revision: number;
  readonly at: number;
  readonly records: number;
}

export interface BackupRecord {
  /** Without the cluster's prefix, so that it can be restored under another name. */
  readonly key: string;
  readonly value: string;
}

export interface Backup {
  readonly header: BackupHeader;
  readonly records: readonly BackupRecord[];
  /** Of everything before the last line: names this backup. */
  readonly sha256: string;
}

export interface BackupOrigin {
  readonly cluster: string;
  readonly root: string;
  readonly counter: number;
  readonly at: number;
}

const fileVersion = 1;

export function backupOf({ storeId, revision, items }: Snapshot, origin: BackupOrigin): Backup {
  const records = items
    .filter(({ lease }) => lease === "0")
    .map(({ key, value }) => ({ key: key.slice(origin.root.length), value }));
  const header: BackupHeader = {
    kind: "keel-backup",
    v: fileVersion,
    formatVersion,
    cluster: origin.cluster,
    storeId,
    counter: origin.counter,
    revision,
    at: origin.at,
    records: records.length,
  };
  return { header, records, sha256: digestOf(linesOf(header, records)) };
}

/** The file's content. */
export function* backupText({ header, records, sha256 }: Backup): Generator<string, void, undefined> {
  yield* linesOf(header, records);
  yield `${JSON.stringify({ sha256 })}\n`;
}

/**
 * Reads the file's content. `file` is named in errors.
 * @throws KeelError `backup-damaged` where it is not whole, or was changed
 */
export function readBackup(text: string, file: string): Backup {
  const damaged = (why: string, cause?: unknown): KeelError =>
    new KeelError("backup-damaged", { file, why }, { cause });
  const lines = text.split("\n");
  const parse = (index: number): unknown => {
    try {
      return JSON.parse(lines[index] ?? "");
    } catch (error) {
      throw damaged(`line ${String(index + 1)} is not JSON`, error);
    }
  };
  const header = headerIn(parse(0));
  if (header === null) throw damaged("it does not begin as a backup of keel does");
  if (header.v > fileVersion || header.formatVersion > formatVersion)
    throw damaged("it was made by a newer version of keel; upgrade keel here first");
  // The header, the records, the digest, and nothing after the last line's end.
  if (lines.length !== header.records + 3 || lines.at(-1) !== "") {
    const found = String(Math.max(0, lines.length - 3));
    throw damaged(
      `it should hold ${String(header.records)} records and ends after ${found}; it was cut short`,
    );
  }
  const actual = digestOf([lines.slice(0, -2).join("\n"), "\n"]);
  if (digestIn(parse(lines.length - 2)) !== actual)
    throw damaged("its digest is another one: it was changed after it was made");
  const records = lines.slice(1, -2).map((_, index) => {
    const record = recordIn(parse(index + 1));
    if (record === null) throw damaged(`line ${String(index + 2)} holds no record`);
    return record;
  });
  return { header, records, sha256: actual };
}

function* linesOf(
  header: BackupHeader,
  records: readonly BackupRecord[],
): Generator<string, void, undefined> {
  yield `${JSON.stringify(header)}\n`;
  for (const { key, value } of records) yield `${JSON.stringify({ key, value })}\n`;
}

function headerIn(line: unknown): BackupHeader | null {
  if (typeof line !== "object" || line === null) return null;
  const { kind, cluster, storeId, ...rest } = fields(line);
  if (kind !== "keel-backup" || typeof cluster !== "string" || typeof storeId !== "string") return null;
  const number = (name: string): number => {
    const value = rest[name];
    return typeof value === "number" ? value : NaN;
  };
  const header = {
    kind,
    v: number("v"),
    formatVersion: number("formatVersion"),
    cluster,
    storeId,
    counter: number("counter"),
    revision: number("revision"),
    at: number("at"),
    records: number("records"),
  } as const;
  return Object.values(header).includes(NaN) ? null : header;
}

function recordIn(line: unknown): BackupRecord | null {
  if (typeof line !== "object" || line === null) return null;
  const { key, value } = fields(line);
  return typeof key === "string" && key !== "" && typeof value === "string" ? { key, value } : null;
}

function digestIn(line: unknown): unknown {
  return typeof line === "object" && line !== null ? fields(line)["sha256"] : null;
}

function fields(line: object): Readonly<Record<string, unknown>> {
  return { ...line };
}

function digestOf(chunks: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
