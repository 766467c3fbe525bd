/**
 * Feeds whatever reads bytes from a libvirt daemon with what no daemon would send: nothing but `DecodeError` and
 * `LinkError` may come of it, and no memory.
 */
import { DecodeError, LinkError } from "../../../agent/libvirt/errors.ts";
import { readErrorReply } from "../../../agent/libvirt/protocol/error-reply.ts";
import { decodeEvent } from "../../../agent/libvirt/protocol/events.ts";
import { encodeFrame, type Frame, programs } from "../../../agent/libvirt/protocol/frame.ts";
import { Frames } from "../../../agent/libvirt/protocol/frames.ts";
import { procedures } from "../../../agent/libvirt/protocol/procedures.ts";
import { writeTypedParams } from "../../../agent/libvirt/protocol/typed-params.ts";
import { writeDomain } from "../../../agent/libvirt/protocol/values.ts";
import { XdrReader } from "../../../agent/libvirt/xdr/reader.ts";
import { XdrWriter } from "../../../agent/libvirt/xdr/writer.ts";
import type { SeededRandom } from "../seeded-random.ts";

export interface FuzzTally {
  inputs: number;
  /** Read to their end, by some decoder, without complaint. */
  understood: number;
  refused: number;
}

type Decoder = (payload: Buffer) => void;

const decoders: readonly Decoder[] = [
  ...Object.values(procedures).map((procedure) => reading((input) => void procedure.decode(input))),
  reading((input) => void readErrorReply(input)),
  ...[318, 319, 324, 331, 333, 354, 359, 363, 367, 379].map(
    (number): Decoder =>
      (payload) =>
        void decodeEvent(number, new XdrReader(payload)),
  ),
];

/** Words that have broken decoders before. */
const oddWords = [0, 1, 2, 4, 0x7f, 0xff, 0x4000, 0x4001, 0x40_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** One input, through all decoders. @throws whatever else than a refusal comes of it. */
export function fuzzOnce(random: SeededRandom, tally: FuzzTally): void {
  const payload = mutated(sample(random), random);
  for (const decode of decoders) count(tally, () => decode(payload));
  const stream = mutated(Buffer.concat([frameOf(payload), frameOf(payload)]), random);
  count(tally, () => {
    const frames = new Frames();
    for (let at = 0; at < stream.length;) {
      const length = 1 + random.below(stream.length);
      Array.from(frames.push(stream.subarray(at, at + length)));
      at += length;
    }
  });
  tally.inputs += 1;
}

function count(tally: FuzzTally, attempt: () => void): void {
  try {
    attempt();
    tally.understood += 1;
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof LinkError)) throw error;
    tally.refused += 1;
  }
}

function reading(decode: (input: XdrReader) => void): Decoder {
  return (payload) => {
    const input = new XdrReader(payload);
    decode(input);
    input.end();
  };
}

/** Something that one of the decoders would take, or plain noise. */
function sample(random: SeededRandom): Buffer {
  const out = new XdrWriter();
  const domain = { name: "n".repeat(random.below(40)), uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 3 };
  const kinds: readonly (() => void)[] = [
    () => {
      for (let words = random.below(40); words > 0; words -= 1) out.uint(random.below(2 ** 32));
    },
    () => out.list(Array.from({ length: random.below(20) }), 20, () => writeDomain(out, domain)),
    () => out.string("x".repeat(random.below(300)), 300),
    () => {
      out.int(random.below(6));
      const field = "data_total";
      writeTypedParams(
        out,
        [
          { field, type: "ullong", value: 2n ** 60n },
          { field: "message", type: "string", value: "text" },
          { field: "rate", type: "double", value: 0.5 },
          { field: "flag", type: "boolean", value: true },
        ],
        4,
      );
    },
    () => {
      out.int(1);
      writeDomain(out, domain);
      out.int(random.below(9));
      out.int(random.below(9));
    },
    () => {
      out.int(42);
      out.int(10);
      out.optional("message", (text) => out.string(text, 100));
      out.int(2);
      out.optional(domain, (value) => writeDomain(out, value));
      for (let absent = 0; absent < 3; absent += 1) out.bool(false);
      out.int(0);
      out.int(0);
      out.bool(false);
    },
  ];
  kinds[random.below(kinds.length)]?.();
  return out.bytes();
}

function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let changes = random.below(4); changes > 0; changes -= 1) {
    result = changed(result, random);
  }
  return result;
}

function changed(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.below(Math.max(1, bytes.length));
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(random.below(9), random.below(256))]);
    case 2:
      if (bytes.length > 0) bytes[at] = random.below(256);
      return bytes;
    default: {
      const word = oddWords[random.below(oddWords.length)] ?? 0;
      if (bytes.length >= 4) bytes.writeUInt32BE(word, Math.min(bytes.length - 4, at - (at % 4)));
      return bytes;
    }
  }
}

function frameOf(payload: Buffer): Buffer {
  const frame: Frame = {
    program: programs.remote,
    procedure: 16,
    type: "reply",
    serial: 1,
    status: "ok",
    payload,
  };
  return encodeFrame(frame);
}
