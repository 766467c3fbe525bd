import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoredDocument } from "../../../reconciler/control/desired-objects.ts";
import { leftWaiting, onlyThese } from "../../../reconciler/control/only-these.ts";
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import type { AnyDocument } from "../../../reconciler/desired/schema/documents.ts";
import type { ObjectId } from "../../../reconciler/model/names.ts";

const options = { host: "here" };
const web1 = { kind: "VM", name: "web1", memory: "1GiB" } as const;
const web2 = { kind: "VM", name: "web2", memory: "1GiB" } as const;

function stored(...documents: readonly AnyDocument[]): ReadonlyMap<ObjectId, StoredDocument> {
  return new Map(
    documents.map((document): [ObjectId, StoredDocument] => [
      `${document.kind}/${document.name}`,
      { document, source: { file: "before.yaml", line: 1 } },
    ]),
  );
}

function folder(...documents: readonly AnyDocument[]) {
  const ids = documents.map((document): [ObjectId, AnyDocument] => [
    `${document.kind}/${document.name}`,
    document,
  ]);
  return {
    documents: new Map(ids),
    sources: new Map(ids.map(([id]) => [id, { file: "now.yaml", line: 7 }])),
  };
}

describe("onlyThese", () => {
  it("takes the fields that an edit touched, and leaves what else waits", () => {
    const here = folder({ ...web1, state: "stopped", cpus: 4 }, { ...web2, cpus: 8 });
    const next = onlyThese(stored(web1, web2), here, new Map([["VM/web1", ["state"]]]), options);
    assert.ok(next.ok);
    assert.deepEqual(next.documents.get("VM/web1"), { ...web1, state: "stopped" });
    assert.deepEqual(next.documents.get("VM/web2"), web2);
    assert.deepEqual(next.desired.sources.get("VM/web1"), { file: "now.yaml", line: 7 });
    assert.deepEqual(leftWaiting(here.documents, next.documents), ["VM/web1", "VM/web2"]);
  });

  it("takes away a field that the edit took away, and a document that it removed", () => {
    const touched = new Map<ObjectId, readonly string[] | null>([
      ["VM/web1", ["migrate"]],
      ["VM/web2", null],
    ]);
    const next = onlyThese(stored({ ...web1, migrate: "here" }, web2), folder(web1), touched, options);
    assert.ok(next.ok);
    assert.deepEqual([...next.documents.values()], [web1]);
  });

  it("has the folder's digest where nothing else waits", () => {
    const documents = folder({ ...web1, state: "stopped" }, web2);
    const whole = resolveDocuments(documents.documents, options);
    const next = onlyThese(stored(web1, web2), documents, new Map([["VM/web1", ["state"]]]), options);
    assert.ok(next.ok && whole.ok);
    assert.equal(next.digest, whole.digest);
    assert.deepEqual(leftWaiting(documents.documents, next.documents), []);
  });

  it("is not legal where the edit needs what only the folder has", () => {
    const here = folder({ ...web1, profiles: ["base"] }, { kind: "Profile", name: "base" });
    const next = onlyThese(stored(web1), here, new Map([["VM/web1", ["profiles"]]]), options);
    assert.equal(next.ok, false);
  });
});
