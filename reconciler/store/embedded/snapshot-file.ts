import { readFile } from "node:fs/promises";
import type { LeaseState } from "../core/lease-book.ts";
import type { KeyRecord } from "../core/records.ts";
import type { CoreState } from "../core/store-core.ts";
import { ByteReader, ByteWriter } from "./byte-buffer.ts";
import { createDurably } from "./durable-file.ts";
import { decodeFile, encodeHeader, type FileHeader, type FoundHeader } from "./file-header.ts";
import { encodeFrame, type Frame } from "./frame.ts";
import { readParts, writeLease, writeRecord } from "./record-codec.ts";
import { StoreDamagedError } from "./store-damaged-error.ts";

/** A frame is closed when it has so many bytes: between two of them other work gets its turn. */
const frameBytes = 256 * 1024;

/** Writes the whole state; returns the file's length once it is safe on the disk under its name. */
export async function writeSnapshot(path: string, header: FileHeader, state: CoreState): Promise<number> {
  const { handle, bytes } = await createDurably(path, encodeSnapshot(header, state));
  await handle.close();
  return bytes;
}

function* encodeSnapshot(header: FileHeader, state: CoreState): Generator<Buffer, void, undefined> {
  yield encodeHeader("snapshot", header);
  const summary = new ByteWriter()
    .number(state.revision)
    .number(state.records.length)
    .number(state.leases.length);
  yield encodeFrame(summary.finish());
  let writer = new ByteWriter();
  for (const lease of state.leases) writeLease(writer, lease);
  for (const record of state.records) {
    writeRecord(writer, record);
    if (writer.length < frameBytes) continue;
    yield encodeFrame(writer.finish());
    writer = new ByteWriter();
  }
  yield encodeFrame(writer.finish());
}

export interface Snapshot {
  readonly storeId: string;
  readonly joint: FoundHeader["joint"];
  readonly state: CoreState;
  readonly bytes: number;
}

/** Throws a `StoreDamagedError` where the file is not whole: it got its name only when it was. */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const file = await readFile(path);
  const { storeId, joint, frames, end } = decodeFile(path, "snapshot", file);
  if (end.kind !== "whole")
    throw new StoreDamagedError(path, end.offset, "a part of it is not as it was written");
  try {
    return { storeId, joint, state: decodeState(frames), bytes: file.length };
  } catch (cause) {
    throw new StoreDamagedError(path, end.offset, "its records cannot be read", { cause });
  }
}

/** Throws a `RangeError` where the frames are not what `encodeSnapshot` makes. */
function decodeState([summary, ...rest]: readonly Frame[]): CoreState {
  if (summary === undefined) throw new RangeError("it ends too early");
  const reader = new ByteReader(summary.payload);
  const [revision, recordCount, leaseCount] = [reader.number(), reader.number(), reader.number()];
  const records: KeyRecord[] = [];
  const leases: LeaseState[] = [];
  for (const part of rest.flatMap((frame) => readParts(frame.payload))) {
    if (part.kind === "record") records.push(part.record);
    else leases.push(part.lease);
  }
  if (records.length !== recordCount || leases.length !== leaseCount) {
    throw new RangeError(
      `it has ${records.length} of ${recordCount} keys and ${leases.length} of ${leaseCount} leases`,
    );
  }
  return { revision, records, leases };
}
