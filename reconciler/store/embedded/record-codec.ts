import { unreachable } from "../../model/unreachable.ts";
import type { Effect } from "../core/effect.ts";
import type { LeaseState } from "../core/lease-book.ts";
import type { KeyRecord, RecordChange } from "../core/records.ts";
import { ByteReader, type ByteWriter } from "./byte-buffer.ts";

/** One byte before each record of a file. A number, once given, keeps its meaning in all versions of the format. */
const tags = { commit: 1, grant: 2, revoke: 3, compact: 4, put: 5, delete: 6, record: 7, lease: 8 } as const;

/** Of a commit, only what is needed to make it again is written: not what was there before, nor counts and dates. */
export function writeEffect(writer: ByteWriter, effect: Effect): void {
  switch (effect.kind) {
    case "commit":
      writer.tag(tags.commit).number(effect.revision).number(effect.changes.length);
      for (const change of effect.changes) writeChange(writer, change);
      break;
    case "grant":
      writer.tag(tags.grant).bytes(effect.id).number(effect.ttlMs);
      break;
    case "revoke":
      writer.tag(tags.revoke).bytes(effect.id);
      break;
    case "compact":
      writer.tag(tags.compact).number(effect.revision);
      break;
    default:
      unreachable(effect);
  }
}

/** All effects of one frame of a log. Throws a `RangeError` where the bytes are none. */
export function readEffects(payload: Buffer): readonly Effect[] {
  const reader = new ByteReader(payload);
  const effects: Effect[] = [];
  while (!reader.done) effects.push(readEffect(reader));
  return effects;
}

function readEffect(reader: ByteReader): Effect {
  const tag = reader.tag();
  switch (tag) {
    case tags.commit: {
      const revision = reader.number();
      const count = reader.number();
      const changes: RecordChange[] = [];
      for (let i = 0; i < count; i += 1) changes.push(readChange(reader, revision));
      return { kind: "commit", revision, changes };
    }
    case tags.grant:
      return { kind: "grant", id: reader.bytes(), ttlMs: reader.number() };
    case tags.revoke:
      return { kind: "revoke", id: reader.bytes() };
    case tags.compact:
      return { kind: "compact", revision: reader.number() };
    default:
      throw new RangeError(`no record starts with ${tag}`);
  }
}

function writeChange(writer: ByteWriter, { key, after }: RecordChange): void {
  if (after === null) writer.tag(tags.delete).bytes(key);
  else writer.tag(tags.put).bytes(key).bytes(after.value).bytes(after.lease);
}

/** Numbers that the core counts itself when the change is made again are left at 0. */
function readChange(reader: ByteReader, revision: number): RecordChange {
  const tag = reader.tag();
  const key = reader.bytes();
  if (tag === tags.delete) return { key, revision, before: null, after: null };
  if (tag !== tags.put) throw new RangeError(`no change starts with ${tag}`);
  const value = reader.bytes();
  const lease = reader.bytes();
  return {
    key,
    revision,
    before: null,
    after: { key, value, createRevision: 0, modRevision: 0, version: 0, lease },
  };
}

export function writeRecord(writer: ByteWriter, record: KeyRecord): void {
  writer.tag(tags.record).bytes(record.key).bytes(record.value).bytes(record.lease);
  writer.number(record.createRevision).number(record.modRevision).number(record.version);
}

export function writeLease(writer: ByteWriter, lease: LeaseState): void {
  writer.tag(tags.lease).bytes(lease.id).number(lease.ttlMs);
}

export type SnapshotPart =
  | { readonly kind: "record"; readonly record: KeyRecord }
  | { readonly kind: "lease"; readonly lease: LeaseState };

/** All parts of one frame of a snapshot. Throws a `RangeError` where the bytes are none. */
export function readParts(payload: Buffer): readonly SnapshotPart[] {
  const reader = new ByteReader(payload);
  const parts: SnapshotPart[] = [];
  while (!reader.done) parts.push(readPart(reader));
  return parts;
}

function readPart(reader: ByteReader): SnapshotPart {
  const tag = reader.tag();
  if (tag === tags.lease) return { kind: "lease", lease: { id: reader.bytes(), ttlMs: reader.number() } };
  if (tag !== tags.record) throw new RangeError(`no part of a snapshot starts with ${tag}`);
  const [key, value, lease] = [reader.bytes(), reader.bytes(), reader.bytes()];
  const [createRevision, modRevision, version] = [reader.number(), reader.number(), reader.number()];
  return { kind: "record", record: { key, value, lease, createRevision, modRevision, version } };
}
