import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asUuid, isSameSystem } from "../../../reconciler/model/system-uuid.ts";

const uuid = "00112233-4455-6677-8899-aabbccddeeff";

describe("asUuid", () => {
  it("gives every spelling one form", () => {
    assert.equal(asUuid("00112233445566778899AABBCCDDEEFF"), uuid);
    assert.equal(asUuid(` ${uuid.toUpperCase()}\n`), uuid);
  });

  it("takes no UUID that makers put into every board, in whatever order", () => {
    const placeholders = [
      "00000000-0000-0000-0000-000000000000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "03000200-0400-0500-0006-000700080009",
      "00020003-0004-0005-0006-000700080009",
      "09000800-0700-0600-0500-040003000200",
    ];
    for (const text of placeholders) assert.equal(asUuid(text), null, text);
    for (const text of ["", "Not Settable", `${uuid}0`]) assert.equal(asUuid(text), null, text);
  });
});

describe("isSameSystem", () => {
  it("knows a machine in each order that its bytes are told in", () => {
    const orders = [
      uuid,
      "33221100-5544-7766-8899-aabbccddeeff",
      "ffeeddcc-bbaa-9988-7766-554433221100",
      "ccddeeff-aabb-8899-7766-554433221100",
    ];
    for (const told of orders) {
      assert.ok(isSameSystem(told, uuid), told);
      assert.ok(isSameSystem(uuid, told), told);
    }
  });

  it("takes no other machine for it", () => {
    assert.ok(!isSameSystem(uuid, "00112233-4455-6677-8899-aabbccddeefe"));
    assert.ok(!isSameSystem("", ""));
    const nobody = "00000000-0000-0000-0000-000000000000";
    assert.ok(!isSameSystem(nobody, nobody));
  });
});
