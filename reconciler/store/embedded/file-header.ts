import type { Revision } from "../store.ts";
import { ByteReader, ByteWriter } from "./byte-buffer.ts";
import { encodeFrame, readFrames, type Frames } from "./frame.ts";
import { StoreDamagedError } from "./store-damaged-error.ts";

export type FileKind = "log" | "snapshot";

/** What the first frame of every file says. */
export interface FileHeader {
  /** Made once for the whole store. */
  readonly storeId: string;
  /** As in the file's name. */
  readonly sequence: number;
  /** The state with which it begins: of a snapshot its own, of a log that of the snapshot with its number. */
  readonly revision: Revision;
  /** Length of the log before it, which got no more once this file was there; 0 where there was none. */
  readonly previousBytes: number;
}

/** The first version's headers did not yet say with what a file begins. */
export type FoundHeader = Pick<FileHeader, "storeId" | "sequence"> & {
  readonly joint: Pick<FileHeader, "revision" | "previousBytes"> | null;
};

/** The format written, and the only one read. */
export const format = 1;

/** A line that `head -1` shows, then the header's frame. */
export function encodeHeader(kind: FileKind, header: FileHeader): Buffer {
  const { storeId, sequence, revision, previousBytes } = header;
  const payload = new ByteWriter().bytes(storeId).number(sequence).number(revision).number(previousBytes);
  return Buffer.concat([Buffer.from(firstLine(kind, format)), encodeFrame(payload.finish())]);
}

/**
 * The header and the frames after it. Throws an `Error` where the file is of another format, a `StoreDamagedError`
 * where it has no sound header: files get their name only when their header is safe.
 */
export function decodeFile(path: string, kind: FileKind, file: Buffer): FoundHeader & Frames {
  const { frames, end } = readFrames(file, afterFirstLine(path, kind, file));
  const [first, ...rest] = frames;
  if (first === undefined) throw new StoreDamagedError(path, end.offset, "it has no header");
  try {
    const reader = new ByteReader(first.payload);
    const [storeId, sequence] = [reader.bytes(), reader.number()];
    const joint = reader.done ? null : { revision: reader.number(), previousBytes: reader.number() };
    return { storeId, sequence, joint, frames: rest, end };
  } catch (cause) {
    throw new StoreDamagedError(path, first.offset, "its header cannot be read", { cause });
  }
}

function firstLine(kind: FileKind, version: number): string {
  return `evenkeel store ${kind}, format ${version}\n`;
}

function afterFirstLine(path: string, kind: FileKind, file: Buffer): number {
  const line = file.subarray(0, Math.max(0, file.indexOf("\n") + 1)).toString("latin1");
  if (line === firstLine(kind, format)) return line.length;
  const other = /^evenkeel store (log|snapshot), format (\d+)\n$/.exec(line);
  if (other === null || other[1] !== kind)
    throw new StoreDamagedError(path, 0, `it does not begin as a ${kind}`);
  throw new Error(
    `${path} has format ${String(other[2])}; this version reads format ${format}. Start the version that wrote it.`,
  );
}
