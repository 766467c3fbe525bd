/**
 * The envelope of libvirt's RPC: a length that counts itself, six words, then the payload. Every connection speaks two
 * programs: libvirt's own and the keepalive.
 */
import { LinkError } from "../errors.ts";

export const programs = { remote: 0x2000_8086, keepalive: 0x6b65_6570 } as const;

/** Of both programs. */
const version = 1;

export const headerBytes = 28;

/** `VIR_NET_MESSAGE_MAX` and its length word: no server sends more. */
export const maxFrameBytes = 32 * 2 ** 20 + 4;

export const maxPayloadBytes = maxFrameBytes - headerBytes;

const messageTypes = ["call", "reply", "message", "stream"] as const;
export type MessageType = (typeof messageTypes)[number];

/** continue: more of a stream follows. */
const statuses = ["ok", "error", "continue"] as const;
export type Status = (typeof statuses)[number];

export interface Frame {
  readonly program: number;
  readonly procedure: number;
  readonly type: MessageType;
  /** A reply has its call's. */
  readonly serial: number;
  readonly status: Status;
  readonly payload: Buffer;
}

/** The payload has at most `maxPayloadBytes`. */
export function encodeFrame(frame: Frame): Buffer {
  const length = headerBytes + frame.payload.length;
  const bytes = Buffer.alloc(length);
  const words = [
    length,
    frame.program,
    version,
    frame.procedure,
    messageTypes.indexOf(frame.type),
    frame.serial,
    statuses.indexOf(frame.status),
  ];
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4);
  bytes.set(frame.payload, headerBytes);
  return bytes;
}

/**
 * One whole frame, its length word included.
 *
 * @throws LinkError `protocol`
 */
export function decodeFrame(bytes: Buffer): Frame {
  if (bytes.length < headerBytes) throw new LinkError("protocol", `a frame of ${bytes.length} bytes`);
  const word = (index: number) => bytes.readUInt32BE(index * 4);
  const type = messageTypes[word(4)];
  const status = statuses[word(6)];
  if (type === undefined) throw new LinkError("protocol", `a frame of the unknown type ${word(4)}`);
  if (status === undefined) throw new LinkError("protocol", `a frame of the unknown status ${word(6)}`);
  const program = word(1);
  if (program !== programs.remote && program !== programs.keepalive) {
    throw new LinkError("protocol", `a frame of the unknown program 0x${program.toString(16)}`);
  }
  if (word(2) !== version) throw new LinkError("protocol", `a frame of protocol version ${word(2)}`);
  return {
    program,
    procedure: word(3),
    type,
    serial: word(5),
    status,
    payload: bytes.subarray(headerBytes),
  };
}
