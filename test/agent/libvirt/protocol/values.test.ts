import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DomainRef, readDomain, writeDomain } from "../../../../agent/libvirt/protocol/values.ts";
import { XdrReader } from "../../../../agent/libvirt/xdr/reader.ts";
import { XdrWriter } from "../../../../agent/libvirt/xdr/writer.ts";

describe("a domain on the wire", () => {
  const domain: DomainRef = { name: "wéb", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 7 };
  const written = (value: DomainRef) => {
    const out = new XdrWriter();
    writeDomain(out, value);
    return out.bytes();
  };

  it("comes back as it was", () => {
    for (const value of [domain, { ...domain, id: null }]) {
      assert.deepEqual(readDomain(new XdrReader(written(value))), value);
    }
  });

  it("is refused where its UUID is none", () => {
    assert.throws(() => written({ ...domain, uuid: "0f0e0d0c" }), /no UUID/);
  });
});
