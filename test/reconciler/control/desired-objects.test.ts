import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppliedDesired } from "../../../reconciler/control/applied-desired.ts";
import {
  type Head,
  partDocuments,
  type StoredDocument,
} from "../../../reconciler/control/desired-objects.ts";
import { objectId, type ObjectId } from "../../../reconciler/model/names.ts";
import { encode } from "../../../reconciler/store/codec.ts";

function vms(count: number, memory = "1GiB"): Map<ObjectId, StoredDocument> {
  return new Map(
    Array.from({ length: count }, (_, i) => {
      const name = `vm${String(i)}`;
      return [
        objectId("VM", name),
        { document: { kind: "VM", name, memory }, source: { file: `${name}.yaml`, line: 1 } },
      ];
    }),
  );
}

function item(key: string, value: string, modRevision = 1) {
  return { key, value, createRevision: 1, modRevision, lease: "0" };
}

function headOf(parts: Head["parts"]): Head {
  return {
    generation: 1,
    at: 0,
    by: "ops",
    digest: "d",
    commit: null,
    parts,
    host: "here",
  };
}

describe("partDocuments", () => {
  it("makes the same objects of the same documents, whatever their order", () => {
    const documents = vms(50);
    assert.deepEqual(partDocuments(new Map([...documents].reverse())), partDocuments(documents));
  });

  it("rewrites one object for one edit, and keeps a head for 10,000 VMs small", () => {
    const before = partDocuments(vms(10_000));
    const edited = new Map(vms(10_000));
    edited.set("VM/vm7", {
      document: { kind: "VM", name: "vm7", memory: "2GiB" },
      source: { file: "vm7.yaml", line: 1 },
    });
    const fresh = [...partDocuments(edited).objects.keys()].filter((digest) => !before.objects.has(digest));
    assert.equal(fresh.length, 1);
    assert.ok(JSON.stringify(before.parts).length < 25_000);
    assert.ok(Math.max(...[...before.objects.values()].map((text) => text.length)) < 100_000);
  });
});

describe("the applied desired state", () => {
  it("is read back whole from its objects", () => {
    const { parts, objects } = partDocuments(vms(100));
    const applied = new AppliedDesired();
    for (const [digest, text] of objects) applied.put(`object/${digest}`, item(digest, text));
    applied.put("head", item("head", encode(headOf(parts)), 7));
    assert.equal(applied.current.desired.vms.size, 100);
    assert.equal(applied.current.revision, 7);
  });

  it("is an error where an object of the head is missing, never an empty cluster", () => {
    const { parts, objects } = partDocuments(vms(3));
    const applied = new AppliedDesired();
    for (const [digest, text] of [...objects].slice(1)) applied.put(`object/${digest}`, item(digest, text));
    applied.put("head", item("head", encode(headOf(parts))));
    assert.throws(() => applied.current, /which is not there/);
  });

  it("goes on where objects of the former head are taken away", () => {
    const former = partDocuments(vms(3));
    const next = partDocuments(vms(3, "2GiB"));
    const applied = new AppliedDesired();
    for (const [digest, text] of former.objects) applied.put(`object/${digest}`, item(digest, text));
    applied.put("head", item("head", encode(headOf(former.parts)), 7));
    assert.equal(applied.current.revision, 7);
    for (const [digest, text] of next.objects) applied.put(`object/${digest}`, item(digest, text));
    applied.put("head", item("head", encode(headOf(next.parts)), 8));
    for (const digest of former.objects.keys()) applied.delete(`object/${digest}`);
    assert.equal(applied.current.desired.vms.get("vm1")?.memoryBytes, 2 * 2 ** 30);
  });

  it("wants nothing before anything was applied", () => {
    const { desired, head } = new AppliedDesired().current;
    assert.deepEqual([head, desired.nodes.size, desired.vms.size], [null, 0, 0]);
  });
});
