import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { partDocuments } from "../../../reconciler/control/desired-objects.ts";
import { verifyBackup, verifyRecords } from "../../../reconciler/control/verify-records.ts";
import { backupOf } from "../../../reconciler/store/backup.ts";
import { encode } from "../../../reconciler/store/codec.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";

const keys = clusterKeys("lab");
const { parts, objects } = partDocuments(
  new Map([
    ["Node/hv1", { document: { kind: "Node", name: "hv1" }, source: { file: "a.yaml", line: 1 } }],
    ["Node/hv2", { document: { kind: "Node", name: "hv2" }, source: { file: "a.yaml", line: 4 } }],
  ] as const),
);
const head = { key: keys.head, value: encode({ generation: 7, parts }) };
const whole = [head, ...[...objects].map(([digest, value]) => ({ key: keys.object(digest), value }))];
const [first] = objects.keys();
const firstKey = keys.object(first ?? "");

describe("verifying a cluster's records", () => {
  it("finds nothing wrong with what is whole", () => {
    const verdict = { records: 3, generation: 7, documents: 2, problems: [] };
    assert.deepEqual(verifyRecords(whole, keys), verdict);
    const items = whole.map((record) => ({ ...record, lease: "0", createRevision: 1, modRevision: 1 }));
    const origin = { cluster: "lab", root: keys.root, counter: 0, at: 0 };
    assert.deepEqual(verifyBackup(backupOf({ storeId: "1", revision: 1, items }, origin)), verdict);
  });

  it("finds an object missing that the head names", () => {
    const { problems } = verifyRecords(
      whole.filter(({ key }) => key !== firstKey),
      keys,
    );
    assert.equal(problems.length, 1);
    assert.match(problems.join(), /generation 7 names object .*, and it is not there/);
  });

  it("finds an object changed, by a single character", () => {
    const changed = whole.map(({ key, value }) => ({
      key,
      value: key === firstKey ? value.replace("hv", "hw") : value,
    }));
    const { problems, documents } = verifyRecords(changed, keys);
    assert.match(problems.join(), /is not what its name says/);
    assert.equal(documents, 1);
  });

  it("finds records that cannot be read, and those of a newer version", () => {
    const odd = [
      { key: keys.placement("web1"), value: "not JSON" },
      { key: keys.placement("web2"), value: '{"v":99}' },
      { key: keys.placement("web3"), value: "{}" },
    ];
    const { problems } = verifyRecords([...whole, ...odd], keys);
    assert.equal(problems.length, 3);
  });

  it("does not go on from a head that cannot be read", () => {
    const { generation, problems } = verifyRecords([{ key: keys.head, value: "[" }], keys);
    assert.equal(generation, null);
    assert.equal(problems.length, 1);
  });

  it("takes a cluster to which nothing was applied as it is", () => {
    assert.deepEqual(verifyRecords([], keys), { records: 0, generation: null, documents: 0, problems: [] });
  });
});
