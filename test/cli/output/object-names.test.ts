import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kindOf, notFound, objectNamed, shownId } from "../../../cli/output/object-names.ts";
import { kinds } from "../../../reconciler/model/names.ts";

describe("shownId", () => {
  it("names objects as they are typed", () => {
    assert.equal(shownId("VM/web1"), "vm/web1");
    assert.equal(shownId("StoragePool/fast"), "pool/fast");
  });
});

describe("objectNamed", () => {
  it("reads what records and people write", () => {
    for (const text of ["vm/web1", "VM/web1", "vms/web1"]) {
      assert.deepEqual(objectNamed(text, undefined, kinds), { kind: "VM", name: "web1" });
    }
    assert.deepEqual(objectNamed("node", "hv1", kinds), { kind: "Node", name: "hv1" });
    assert.equal(kindOf("storagepool"), "StoragePool");
  });

  it("refuses what names no object, or two", () => {
    const refused = (text: string, second?: string) => () => objectNamed(text, second, ["VM", "Node"]);
    assert.throws(refused("web1"), /There is no kind "web1" here: use vm, node\./);
    assert.throws(refused("vn/web1"), /did you mean vm\?/);
    assert.throws(refused("vm"), /Which vm\? Write vm\/NAME\./);
    assert.throws(refused("vm/"), /Which vm\?/);
    assert.throws(refused("vm/web1", "web2"), /Name one object/);
    assert.throws(refused("profile/base"), /There is no kind "profile" here/);
  });
});

describe("notFound", () => {
  it("suggests what is near, and nothing else", () => {
    assert.match(notFound("VM", "vms", "wbe1", ["web1", "db1"]).message, /wbe1 \(did you mean web1\?\)/);
    assert.match(notFound("VM", "vms", "zzzz", ["web1", "db1"]).message, /named zzzz\.$/);
  });
});
