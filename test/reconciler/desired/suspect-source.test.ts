import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import { judgeSource, vanishAllowance } from "../../../reconciler/desired/suspect-source.ts";
import type { LoadResult, NotLoaded } from "../../../reconciler/desired/load-result.ts";
import { objectId, type ObjectId } from "../../../reconciler/model/names.ts";

const vm = (name: string, fields: object = {}) => ({ kind: "VM", name, memory: "1GiB", ...fields });
const loaded = (...vms: readonly ReturnType<typeof vm>[]): LoadResult =>
  resolveDocuments(new Map(vms.map((document) => [objectId("VM", document.name), document])), {
    host: "box",
  });
const ids = (count: number): ObjectId[] =>
  Array.from({ length: count }, (_, index) => objectId("VM", `vm-${String(index)}`));
const remaining = (count: number, gone: number) =>
  loaded(
    ...ids(count)
      .slice(gone)
      .map((id) => vm(id.slice(3))),
  );
const notLoaded = (reason: NotLoaded["reason"]): LoadResult => ({ ok: false, reason, issues: [] });

describe("vanishAllowance", () => {
  it("is a tenth, and one at least", () => {
    assert.deepEqual([0, 1, 9, 10, 19, 20, 25, 100].map(vanishAllowance), [1, 1, 1, 1, 1, 2, 2, 10]);
  });
});

describe("judgeSource", () => {
  it("believes a folder from which little is gone", () => {
    assert.equal(judgeSource(ids(20), remaining(20, 2)).kind, "ok");
    assert.equal(judgeSource(ids(3), remaining(3, 1)).kind, "ok");
  });

  it("suspects a folder from which more than a tenth is gone, and says what", () => {
    const verdict = judgeSource(ids(20), remaining(20, 3));
    assert.ok(verdict.kind === "suspect");
    assert.equal(verdict.reason, "vanished");
    assert.deepEqual(verdict.vanished, ids(3));
    assert.equal(verdict.allowed, 2);
  });

  it("suspects an empty folder, even where the head has one object only", () => {
    const verdict = judgeSource(ids(1), loaded());
    assert.ok(verdict.kind === "suspect");
    assert.equal(verdict.reason, "empty");
    assert.deepEqual(verdict.vanished, ids(1));
  });

  it("suspects a folder that can not be read", () => {
    const verdict = judgeSource(ids(2), notLoaded("unreadable"));
    assert.ok(verdict.kind === "suspect");
    assert.equal(verdict.reason, "unreadable");
  });

  it("tells an invalid folder from a suspect one", () => {
    assert.equal(judgeSource(ids(2), notLoaded("invalid")).kind, "invalid");
  });

  it("does not count a renamed VM as gone", () => {
    const renamed = ids(3).map((id, index) => vm(`new-${String(index)}`, { renamedFrom: id.slice(3) }));
    assert.equal(judgeSource(ids(3), loaded(...renamed)).kind, "ok");
  });

  it("believes anything that can be read where nothing was ever applied", () => {
    assert.equal(judgeSource([], loaded()).kind, "ok");
    assert.equal(judgeSource([], loaded(vm("web1"))).kind, "ok");
  });
});
