import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { type Backup, backupOf, backupText, readBackup } from "../../../reconciler/store/backup.ts";
import { encode } from "../../../reconciler/store/codec.ts";
import type { KeyValue } from "../../../reconciler/store/store.ts";

const root = "/evenkeel/lab/";
const origin = { cluster: "lab", root, counter: 2, at: 1_000 };

function item(key: string, value: string, lease = "0"): KeyValue {
  return { key: root + key, value, lease, createRevision: 1, modRevision: 1 };
}

const items = [
  item("desired/head", encode({ generation: 1 })),
  item("leader", encode({ id: "r1" }), "77"),
  item("placement/web1", encode({ node: "hv1", note: 'ü, "quotes"\n and a line' })),
];
const backup = backupOf({ storeId: "5", revision: 9, items }, origin);
const text = [...backupText(backup)].join("");

function read(changed: string): Backup {
  return readBackup(changed, "lab.backup");
}

function isDamaged(error: unknown): boolean {
  return error instanceof KeelError && error.code === "backup-damaged";
}

describe("a backup's file", () => {
  it("holds all records but those under a lease, and says what it is of", () => {
    assert.deepEqual(read(text), backup);
    assert.deepEqual(
      backup.records.map(({ key }) => key),
      ["desired/head", "placement/web1"],
    );
    const { cluster, storeId, counter, revision, records } = backup.header;
    assert.deepEqual(
      { cluster, storeId, counter, revision, records },
      { cluster: "lab", storeId: "5", counter: 2, revision: 9, records: 2 },
    );
  });

  it("is refused wherever it was cut short", () => {
    for (let length = 0; length < text.length; length += 1) {
      assert.throws(() => read(text.slice(0, length)), isDamaged, `after ${String(length)} characters`);
    }
  });

  it("is refused wherever a character was changed", () => {
    for (let place = 0; place < text.length; place += 1) {
      const changed = text[place] === "x" ? "y" : "x";
      assert.throws(
        () => read(text.slice(0, place) + changed + text.slice(place + 1)),
        isDamaged,
        `at ${String(place)}`,
      );
    }
  });

  it("is refused where a record was taken out, put in or moved, or something follows", () => {
    const [header = "", first = "", second = "", digest = ""] = text.split("\n");
    for (const lines of [
      [header, first, digest, ""],
      [header, second, first, digest, ""],
      [header, first, first, second, digest, ""],
      [header, first, second, digest, "", ""],
      [header, first, second, digest, digest, ""],
    ]) {
      assert.throws(() => read(lines.join("\n")), isDamaged);
    }
  });

  it("is refused where a newer version made it", () => {
    const newer = text.replace('"formatVersion":1', '"formatVersion":99');
    assert.throws(() => read(newer), /made by a newer version/);
  });

  it("says that something else is no backup", () => {
    for (const other of ["", "kind: VM\n", "{}\n", "null\n", '{"kind":"keel-backup"}\n']) {
      assert.throws(() => read(other), isDamaged);
    }
  });
});
