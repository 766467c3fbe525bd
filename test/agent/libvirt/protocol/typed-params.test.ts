import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DecodeError } from "../../../../agent/libvirt/errors.ts";
import {
  numberOf,
  readTypedParams,
  type TypedParam,
  writeTypedParams,
} from "../../../../agent/libvirt/protocol/typed-params.ts";
import { XdrReader } from "../../../../agent/libvirt/xdr/reader.ts";
import { XdrWriter } from "../../../../agent/libvirt/xdr/writer.ts";

const params: readonly TypedParam[] = [
  { field: "operation", type: "int", value: -5 },
  { field: "compression", type: "uint", value: 4_000_000_000 },
  { field: "time", type: "llong", value: -(2n ** 40n) },
  { field: "data_total", type: "ullong", value: 2n ** 63n },
  { field: "rate", type: "double", value: 0.25 },
  { field: "success", type: "boolean", value: true },
  { field: "uri", type: "string", value: "tcp://node2" },
];

describe("typed parameters", () => {
  it("keep their types and values", () => {
    const out = new XdrWriter();
    writeTypedParams(out, params, 7);
    assert.deepEqual(readTypedParams(new XdrReader(out.bytes()), 7), params);
    assert.throws(() => readTypedParams(new XdrReader(out.bytes()), 6), DecodeError);
  });

  it("are refused where their type is unknown", () => {
    const out = new XdrWriter();
    out.uint(1);
    out.string("odd", 10);
    out.int(8);
    assert.throws(() => readTypedParams(new XdrReader(out.bytes()), 1), /odd has the unknown type 8/);
  });

  it("give their number by name, where they are one", () => {
    assert.equal(numberOf(params, "operation"), -5);
    assert.equal(numberOf(params, "data_total"), 2 ** 63);
    assert.equal(numberOf(params, "uri"), null);
    assert.equal(numberOf(params, "nothing"), null);
  });
});
