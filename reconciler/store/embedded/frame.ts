import { crc32 } from "node:zlib";

/**
 * Files are rows of frames: length of the payload, its CRC-32, the CRC-32 of these eight bytes, payload. A frame is
 * written and synced whole before the next one is begun, so only the last frame of the last log can be unfinished.
 */
const headerBytes = 12;

/** Disks write blocks of this size, or multiples, whole. */
const blockBytes = 512;

export function encodeFrame(payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.writeUInt32BE(crc32(payload), 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  payload.copy(frame, headerBytes);
  return frame;
}

export interface Frame {
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly payload: Buffer;
}

export interface Frames {
  readonly frames: readonly Frame[];
  /**
   * How the file ends: after a whole frame; in a frame whose writing was interrupted, so that nobody was told it was
   * written; or in bytes that no interrupted write leaves behind. The offset is where the whole frames end.
   */
  readonly end: { readonly kind: "whole" | "torn" | "damaged"; readonly offset: number };
}

/** The frames of a file from `start` on. */
export function readFrames(file: Buffer, start: number): Frames {
  const frames: Frame[] = [];
  let offset = start;
  while (offset < file.length) {
    const payload = payloadAt(file, offset);
    if (payload === null) return { frames, end: { kind: isTorn(file, offset) ? "torn" : "damaged", offset } };
    frames.push({ offset, payload });
    offset += headerBytes + payload.length;
  }
  return { frames, end: { kind: "whole", offset } };
}

function payloadAt(file: Buffer, offset: number): Buffer | null {
  const length = lengthAt(file, offset);
  if (length === null || offset + headerBytes + length > file.length) return null;
  const payload = file.subarray(offset + headerBytes, offset + headerBytes + length);
  return crc32(payload) === file.readUInt32BE(offset + 4) ? payload : null;
}

/** The payload's length as the frame's header tells it; null where no sound header is. */
function lengthAt(file: Buffer, offset: number): number | null {
  if (offset + headerBytes > file.length) return null;
  const header = file.subarray(offset, offset + headerBytes);
  return crc32(header.subarray(0, 8)) === header.readUInt32BE(8) ? header.readUInt32BE(0) : null;
}

/**
 * Whether the bytes from `offset` on are what an interrupted write leaves: fewer than were meant to be written, or
 * blocks that never reached the disk and read as zeros. A whole frame after them would have been begun only when this
 * one was safe, so then it is damage. All else, such as a frame of full length with a wrong sum, is damage too.
 */
function isTorn(file: Buffer, offset: number): boolean {
  const rest = file.length - offset;
  const length = lengthAt(file, offset);
  if (rest < headerBytes || (length !== null && rest < headerBytes + length)) return true;
  return hasEmptyBlock(file, offset) && !hasFrameAfter(file, offset);
}

function hasEmptyBlock(file: Buffer, offset: number): boolean {
  let start = offset;
  while (start < file.length) {
    const end = Math.min(file.length, start - (start % blockBytes) + blockBytes);
    if (file.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}

function hasFrameAfter(file: Buffer, offset: number): boolean {
  for (let at = offset + 1; at + headerBytes <= file.length; at += 1) {
    const payload = payloadAt(file, at);
    if (payload !== null && payload.length > 0) return true;
  }
  return false;
}
