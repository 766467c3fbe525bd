import assert from "node:assert/strict";
import { chmod, chown, readdir, rename, stat, symlink } from "node:fs/promises";
import { describe, it } from "node:test";

import { editFolder } from "../../../../reconciler/desired/edit/edit-folder.ts";
import type { MergePatch } from "../../../../reconciler/desired/edit/merge-patch.ts";
import { planEdits, type PlannedEdits } from "../../../../reconciler/desired/edit/plan-edits.ts";
import { writeChanges } from "../../../../reconciler/desired/edit/write-changes.ts";
import { FolderReader } from "../../../../reconciler/desired/load/folder-reader.ts";
import type { ObjectId } from "../../../../reconciler/model/names.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { temporaryFolder, type TemporaryFolder } from "../temporary-folder.ts";

const vm = (name: string) => `kind: VM\nname: ${name}\nmemory: 1GiB # enough\n`;
const nodes = "kind: Node\nname: hv1\n---\nkind: Node\nname: hv2\n";
const readerOf = (folder: TemporaryFolder) =>
  new FolderReader({ folder: folder.path, host: "box", clock: systemClock });
const edits = (entries: Readonly<Partial<Record<ObjectId, MergePatch | null>>>) =>
  new Map<ObjectId, MergePatch | null>(
    Object.entries(entries).map(([id, patch]) => [
      id.startsWith("VM") ? `VM/${id.slice(3)}` : `Node/${id.slice(5)}`,
      patch ?? null,
    ]),
  );

function made(planned: PlannedEdits) {
  assert.ok(planned.ok, JSON.stringify(planned));
  return planned;
}

function refused(planned: PlannedEdits) {
  assert.ok(!planned.ok, "the edit was made");
  return planned.refusal;
}

describe("editFolder", () => {
  it("changes, adds and removes documents in one go, and says what came of it", async () => {
    await using folder = await temporaryFolder({
      "nodes.yaml": nodes,
      "a.yaml": `${vm("a")}---\n${vm("b")}`,
      "c.yaml": vm("c"),
    });
    const planned = made(
      await editFolder(
        readerOf(folder),
        edits({
          "VM/a": { node: "hv1" },
          "VM/b": null,
          "VM/c": null,
          "VM/d": { memory: "2GiB" },
          "Node/hv2": { state: "flushed" },
        }),
      ),
    );
    assert.equal(await folder.read("a.yaml"), `${vm("a")}node: hv1\n`);
    assert.equal(await folder.read("nodes.yaml"), `${nodes}state: flushed\n`);
    assert.equal(await folder.read("vm-d.yaml"), "kind: VM\nname: d\nmemory: 2GiB\n");
    assert.deepEqual((await readdir(folder.path)).sort(), ["a.yaml", "nodes.yaml", "vm-d.yaml"]);
    assert.deepEqual(
      planned.changes.map(({ file }) => file),
      ["a.yaml", "c.yaml", "nodes.yaml", "vm-d.yaml"],
    );
    const again = await readerOf(folder).read();
    assert.ok(again.ok);
    assert.deepEqual(planned.result.desired, again.desired);
    assert.equal(planned.result.digest, again.digest);
  });

  it("puts a new document where it is told to, in a new file or at the end of one", async () => {
    await using folder = await temporaryFolder({ "nodes.yaml": nodes });
    const reader = readerOf(folder);
    made(await editFolder(reader, edits({ "VM/a": { memory: "1GiB" } }), () => "vms/all.yaml"));
    made(await editFolder(reader, edits({ "VM/b": { memory: "1GiB" } }), () => "vms/all.yaml"));
    assert.equal(
      await folder.read("vms/all.yaml"),
      "kind: VM\nname: a\nmemory: 1GiB\n---\nkind: VM\nname: b\nmemory: 1GiB\n",
    );
  });

  it("keeps mode and owner, and leaves nothing beside the file", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await chmod(folder.at("a.yaml"), 0o640);
    // Only root can give files away; anybody else keeps what is his.
    if (process.getuid?.() === 0) await chown(folder.at("a.yaml"), 4242, 4242);
    const before = await stat(folder.at("a.yaml"));
    made(await editFolder(readerOf(folder), edits({ "VM/a": { cpus: 2 } })));
    const after = await stat(folder.at("a.yaml"));
    assert.deepEqual([after.mode, after.uid, after.gid], [before.mode, before.uid, before.gid]);
    assert.deepEqual(await readdir(folder.path), ["a.yaml"]);
  });

  it("writes nothing where the files say so already", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    const { ino } = await stat(folder.at("a.yaml"));
    const planned = made(
      await editFolder(readerOf(folder), edits({ "VM/a": { memory: "1GiB" }, "VM/gone": null })),
    );
    assert.deepEqual(planned.changes, []);
    assert.equal((await stat(folder.at("a.yaml"))).ino, ino);
  });

  it("follows a link inside the folder, and leaves the link", async () => {
    await using folder = await temporaryFolder({ ".data/a.txt": vm("a") });
    await symlink(".data/a.txt", folder.at("a.yaml"));
    made(await editFolder(readerOf(folder), edits({ "VM/a": { memory: "2GiB" } })));
    assert.match(await folder.read(".data/a.txt"), /2GiB # enough/u);
    assert.equal(await folder.read("a.yaml"), await folder.read(".data/a.txt"));
  });
});

describe("an edit is refused, and nothing is written,", () => {
  it("where the folder would not be legal afterwards", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": vm("b") });
    const refusal = refused(
      await editFolder(readerOf(folder), edits({ "VM/a": { cpus: 2 }, "VM/b": { node: "hv9" } })),
    );
    assert.equal(refusal.reason, "invalid");
    assert.deepEqual(
      refusal.issues.map(({ code, file, line, excerpt }) => [code, file, line, excerpt]),
      [["ref.dangling", "b.yaml", 4, "node: hv9"]],
    );
    assert.equal(await folder.read("a.yaml"), vm("a"));
  });

  it("where the folder is not legal as it is", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": "{" });
    assert.equal(
      refused(await editFolder(readerOf(folder), edits({ "VM/a": { cpus: 2 } }))).reason,
      "invalid",
    );
  });

  it("where a value is shared by an anchor", async () => {
    await using folder = await temporaryFolder({
      "a.yaml": "kind: VM\nname: a\nmemory: &m 1GiB\ndisk: *m\n",
    });
    assert.equal(
      refused(await editFolder(readerOf(folder), edits({ "VM/a": { memory: "2GiB" } }))).reason,
      "alias",
    );
  });

  it("where somebody changed the file meanwhile", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": vm("b") });
    const reader = readerOf(folder);
    const planned = made(await planEdits(reader, edits({ "VM/a": { cpus: 2 }, "VM/b": { cpus: 2 } })));
    await folder.write("b.yaml", `${vm("b")}# mine\n`);
    assert.equal((await writeChanges(folder.path, planned.changes))?.reason, "changed");
    assert.equal(await folder.read("a.yaml"), vm("a"));
    assert.equal(await folder.read("b.yaml"), `${vm("b")}# mine\n`);
  });

  it("where somebody else made the new file first", async () => {
    await using folder = await temporaryFolder();
    const planned = made(await planEdits(readerOf(folder), edits({ "VM/a": { memory: "1GiB" } })));
    await folder.write("vm-a.yaml", "# mine\n");
    assert.equal((await writeChanges(folder.path, planned.changes))?.reason, "taken");
    assert.equal(await folder.read("vm-a.yaml"), "# mine\n");
  });

  it("where the file is read-only", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await chmod(folder.at("a.yaml"), 0o444);
    assert.equal(
      refused(await editFolder(readerOf(folder), edits({ "VM/a": { cpus: 2 } }))).reason,
      "read-only",
    );
    assert.equal(await folder.read("a.yaml"), vm("a"));
  });

  it("where the file came to lie outside of the folder", async () => {
    await using outside = await temporaryFolder({ "a.yaml": vm("a") });
    await using folder = await temporaryFolder({ "sub/a.yaml": vm("a") });
    const planned = made(await planEdits(readerOf(folder), edits({ "VM/a": { cpus: 2 } })));
    await rename(folder.at("sub"), folder.at(".sub"));
    await symlink(outside.path, folder.at("sub"));
    assert.equal((await writeChanges(folder.path, planned.changes))?.reason, "outside");
    assert.equal(await outside.read("a.yaml"), vm("a"));
  });

  it("where a new document is to go outside, or where nobody would read it", async () => {
    await using folder = await temporaryFolder();
    for (const file of ["../a.yaml", "/tmp/a.yaml", "a.txt", ".a.yaml", "old.bak/a.yaml"]) {
      const planned = await planEdits(readerOf(folder), edits({ "VM/a": { memory: "1GiB" } }), () => file);
      assert.equal(refused(planned).reason, "outside", file);
    }
  });
});

describe("writeChanges", () => {
  it("takes back what it wrote where a later file fails", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": vm("b") });
    const change = { file: "a.yaml", before: vm("a"), after: null };
    const same = { ...change, after: `${vm("a")}cpus: 2\n` };
    // The same file twice: the second finds what the first left.
    assert.equal((await writeChanges(folder.path, [same, change]))?.reason, "changed");
    assert.equal(await folder.read("a.yaml"), vm("a"));
  });
});
