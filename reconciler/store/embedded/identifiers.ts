import type { LeaseId } from "../store.ts";

/** Fresh random bytes, such as `node:crypto` gives. */
export type RandomBytes = (count: number) => Uint8Array;

/** 64 bits, as etcd's cluster ids. */
export function randomStoreId(randomBytes: RandomBytes): string {
  return decimal(randomBytes(8)).toString();
}

/** 63 bits, as etcd's lease ids; never 0, which means no lease. */
export function randomLeaseId(randomBytes: RandomBytes): LeaseId {
  return ((decimal(randomBytes(8)) >> 1n) | 1n).toString();
}

function decimal(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
