import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  compareThreeWays,
  type FolderBase,
  isBasedOn,
  undoneNames,
} from "../../../reconciler/control/folder-base.ts";
import {
  type Head,
  partDocuments,
  partOf,
  type StoredDocument,
} from "../../../reconciler/control/desired-objects.ts";
import type { AnyDocument } from "../../../reconciler/desired/schema/documents.ts";
import { objectId, type ObjectId } from "../../../reconciler/model/names.ts";

type Memories = Readonly<Record<string, string>>;

const base: FolderBase = { cluster: "lab", generation: 4, digest: "d4" };

function stored(memories: Memories): Map<ObjectId, StoredDocument> {
  return new Map(
    [...written(memories)].map(([id, document]) => [id, { document, source: { file: "vms.yaml", line: 1 } }]),
  );
}

function written(memories: Memories): Map<ObjectId, AnyDocument> {
  return new Map(
    Object.entries(memories).map(([name, memory]) => [objectId("VM", name), { kind: "VM", name, memory }]),
  );
}

function headOf(memories: Memories): Head {
  const { parts } = partDocuments(stored(memories));
  const rest = { at: 0, digest: "d6", commit: null, host: "hv1" };
  return { generation: 6, by: "anna", parts, ...rest };
}

/** What applying the folder would undo, in words; null: nothing. */
function undone(then: Memories, now: Memories, here: Memories): string | null {
  const changed = new Set(
    [...Object.keys(then), ...Object.keys(now)].filter((name) => then[name] !== now[name]),
  );
  const parts = new Set([...changed].map((name) => partOf(objectId("VM", name))));
  const documents = new Map([...stored(then)].filter(([id]) => parts.has(partOf(id))));
  const footing = compareThreeWays({
    base,
    past: { parts, documents },
    head: headOf(now),
    applied: stored(now),
    folder: written(here),
  });
  assert.notEqual(footing.kind, "unknown");
  return footing.kind === "stale" ? undoneNames(footing.undo) : null;
}

const three = { a: "1GiB", b: "1GiB", c: "1GiB" };

describe("what a folder would undo that is based on an older generation", () => {
  it("is nothing where it only edits what nobody else touched", () => {
    assert.equal(undone(three, { ...three, a: "2GiB" }, { ...three, a: "2GiB", b: "3GiB" }), null);
  });

  it("is each edit, addition and removal that it does not have", () => {
    const now = { a: "2GiB", b: "1GiB", d: "1GiB" };
    assert.equal(undone(three, now, three), "VM/a (edit: memory), VM/c (removal), VM/d (addition)");
  });

  it("is also what both edited, each in another way: one of the two is lost", () => {
    assert.equal(
      undone(three, { ...three, a: "2GiB" }, { ...three, a: "3GiB" }),
      "VM/a (edit: memory; edited here too)",
    );
    assert.equal(undone(three, { ...three, a: "2GiB" }, { ...three, a: "2GiB" }), null);
    assert.equal(undone(three, { b: "1GiB", c: "1GiB" }, { b: "1GiB", c: "1GiB" }), null);
    assert.equal(
      undone(three, { ...three, a: "2GiB" }, { b: "1GiB", c: "1GiB" }),
      "VM/a (edit; edited here too)",
    );
  });

  it("is told in a few names, however many there are", () => {
    const many = Object.fromEntries(Array.from("abcdefgh").map((name) => [name, "1GiB"]));
    assert.match(undone({}, many, {}) ?? "", /^VM\/a \(addition\), .* and 3 more$/);
  });
});

describe("a folder's base", () => {
  it("is the generation in force of the same cluster, and no other store's of that number", () => {
    const head = { ...headOf(three), generation: 4, digest: "d4" };
    assert.equal(isBasedOn(base, "lab", head), true);
    assert.equal(isBasedOn(base, "lab", { ...head, digest: "other" }), false);
    assert.equal(isBasedOn(base, "prod", head), false);
    assert.equal(isBasedOn(base, "lab", { ...head, generation: 5 }), false);
  });
});
