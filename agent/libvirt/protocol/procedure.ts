import type { XdrReader } from "../xdr/reader.ts";
import type { XdrWriter } from "../xdr/writer.ts";

/**
 * Which connection a call goes over. A server works on a handful of calls of one connection at a time, so what takes
 * long must not stand in the way of what is quick.
 *
 * - read: libvirt knows the answer.
 * - query: libvirt asks the domain's own process, which may be busy or hang.
 * - act: changes something; may take seconds.
 * - long: may take hours; every such call has a connection of its own.
 */
export type Lane = "read" | "query" | "act" | "long";

/** One procedure of the protocol: its number, what it takes and what it gives. */
export interface Procedure<Args, Result> {
  readonly name: string;
  readonly number: number;
  readonly lane: Lane;
  readonly encode: (out: XdrWriter, args: Args) => void;
  readonly decode: (input: XdrReader) => Result;
}

type Encode<Args> = Procedure<Args, unknown>["encode"];
type Decode<Result> = Procedure<never, Result>["decode"];

export function procedure<Args, Result>(
  lane: Lane,
  [name, number]: readonly [name: string, number: number],
  encode: Encode<Args>,
  decode: Decode<Result>,
): Procedure<Args, Result> {
  return { name, number, lane, encode, decode };
}

/** Takes nothing. */
export const nothing = (_out: XdrWriter, _args: null): void => undefined;

/** Gives nothing. */
export const done = (_input: XdrReader): null => null;
