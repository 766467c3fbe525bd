import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { parseReserve } from "../../../reconciler/desired/reserve.ts";

describe("parseReserve", () => {
  it("reads a percentage as a part of the total", () => {
    assert.deepEqual(parseReserve("5%"), { ok: true, value: { kind: "ratio", ratio: 0.05 } });
    assert.deepEqual(parseReserve("12.5%"), { ok: true, value: { kind: "ratio", ratio: 0.125 } });
  });

  it("reads a size as bytes", () => {
    assert.deepEqual(parseReserve("2GiB"), { ok: true, value: { kind: "bytes", bytes: 2_147_483_648 } });
  });

  for (const written of ["100%", "5 %", "-1%", 5, "5", "2G"]) {
    it(`refuses ${JSON.stringify(written)}`, () => {
      assert.equal(parseReserve(written).ok, false);
    });
  }
});
