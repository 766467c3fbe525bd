/**
 * Bytes as a string of one code unit (0–255) each. Comparing two of them with `<` is etcd's byte order, ASCII text
 * is its own encoding, and equal strings are equal bytes.
 */
export type Bytes = string;

const beyondAscii = /[\u0080-\uffff]/;

export function encodeText(text: string): Bytes {
  return beyondAscii.test(text) ? Buffer.from(text, "utf8").toString("latin1") : text;
}

export function decodeText(bytes: Bytes): string {
  return beyondAscii.test(bytes) ? Buffer.from(bytes, "latin1").toString("utf8") : bytes;
}

export function fromBuffer(buffer: Buffer): Bytes {
  return buffer.toString("latin1");
}

export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, "latin1");
}
