import assert from "node:assert/strict";
import { rename, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";

import { FolderReader } from "../../../../reconciler/desired/load/folder-reader.ts";
import type { Loaded, LoadResult } from "../../../../reconciler/desired/load-result.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { temporaryFolder, type TemporaryFolder } from "../temporary-folder.ts";

const vm = (name: string, more = "") => `kind: VM\nname: ${name}\nmemory: 1GiB\n${more}`;
const readerOf = (folder: TemporaryFolder) =>
  new FolderReader({ folder: folder.path, host: "box", clock: systemClock });

function loaded(result: LoadResult): Loaded {
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function codesOf(result: LoadResult): readonly string[] {
  return result.ok ? [] : result.issues.map((issue) => `${issue.file} ${issue.code}`);
}

describe("a folder", () => {
  it("is read with all its folders, whatever the layout", async () => {
    await using folder = await temporaryFolder({
      "a.yaml": `${vm("a")}---\n${vm("b")}`,
      "sub/deep/c.yml": vm("c"),
      "notes.txt": "kind: VM",
      "d.json": "{}",
    });
    const { desired } = loaded(await readerOf(folder).read());
    assert.deepEqual([...desired.vms.keys()], ["a", "b", "c"]);
    assert.deepEqual(desired.sources.get("VM/b"), { file: "a.yaml", line: 5 });
    assert.deepEqual(desired.sources.get("VM/c"), { file: "sub/deep/c.yml", line: 1 });
  });

  it("is read without what editors leave behind", async () => {
    const droppings = [
      ".a.yaml",
      ".a.yaml.swp",
      "a.yaml~",
      "4913",
      "#a.yaml#",
      "a.yaml.tmp",
      "a.yaml.bak",
      "a.yaml.orig",
    ];
    const files = Object.fromEntries(droppings.map((name) => [name, "{{{ not yaml"]));
    await using folder = await temporaryFolder({
      ...files,
      ".git/x.yaml": "{{{",
      "old.bak/x.yaml": "{{{",
      "a.yaml": vm("a"),
    });
    assert.deepEqual([...loaded(await readerOf(folder).read()).desired.vms.keys()], ["a"]);
  });

  it("may hold comments only, empty documents, and a byte order mark", async () => {
    await using folder = await temporaryFolder({
      "a.yaml": "# nothing yet\n",
      "b.yaml": `\ufeff---\n---\n# the VM\n${vm("b")}---\n`,
    });
    const { desired } = loaded(await readerOf(folder).read());
    assert.deepEqual(desired.sources.get("VM/b"), { file: "b.yaml", line: 4 });
  });

  it("that is missing or no folder is unreadable, which is not empty", async () => {
    await using folder = await temporaryFolder({ "file.yaml": vm("a") });
    for (const [path, code] of [
      ["gone", "folder.missing"],
      ["file.yaml", "folder.unreadable"],
    ] as const) {
      const reader = new FolderReader({ folder: folder.at(path), host: "box", clock: systemClock });
      const result = await reader.read();
      assert.ok(!result.ok);
      assert.equal(result.reason, "unreadable");
      assert.deepEqual(codesOf(result), [`. ${code}`]);
    }
  });

  it("that is empty is legal: whether that is believed is for others to say", async () => {
    await using folder = await temporaryFolder();
    assert.equal(loaded(await readerOf(folder).read()).documents.size, 0);
  });
});

describe("a symbolic link", () => {
  it("may lead to a file or folder of the same tree", async () => {
    await using folder = await temporaryFolder({ "..data/a.txt": vm("a"), ".hidden/b.yaml": vm("b") });
    await symlink("..data/a.txt", folder.at("a.yaml"));
    await symlink(".hidden", folder.at("shown"));
    assert.deepEqual([...loaded(await readerOf(folder).read()).desired.vms.keys()], ["a", "b"]);
  });

  it("may not lead out of the tree, to nowhere, or in a circle", async () => {
    await using outside = await temporaryFolder({ "a.yaml": vm("a"), "sub/b.yaml": vm("b") });
    await using folder = await temporaryFolder({ "sub/c.yaml": vm("c"), "readme.md": "" });
    await symlink(outside.at("a.yaml"), folder.at("a.yaml"));
    await symlink(outside.at("sub"), folder.at("b"));
    await symlink(outside.at("a.yaml"), folder.at("harmless.txt"));
    await symlink("gone", folder.at("sub/gone.yaml"));
    await symlink("..", folder.at("sub/up"));
    const result = await readerOf(folder).read();
    assert.deepEqual(codesOf(result), [
      "a.yaml file.symlink-outside",
      "b file.symlink-outside",
      "sub/gone.yaml file.unreadable",
      "sub/up file.symlink-loop",
    ]);
    assert.ok(!result.ok && result.reason === "unreadable");
  });
});

describe("what is no plain file", () => {
  it("is refused, and not waited for", async () => {
    await using folder = await temporaryFolder();
    execFileSync("mkfifo", [folder.at("pipe.yaml")]);
    assert.deepEqual(codesOf(await readerOf(folder).read()), ["pipe.yaml file.not-regular"]);
  });

  it("is refused where it is too large", async () => {
    await using folder = await temporaryFolder({ "a.yaml": `# ${"x".repeat(4 * 1024 * 1024)}\n` });
    assert.deepEqual(codesOf(await readerOf(folder).read()), ["a.yaml file.too-large"]);
  });

  it("does not make references to it dangle", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a", "node: hv1\n") });
    await symlink("gone", folder.at("nodes.yaml"));
    assert.deepEqual(codesOf(await readerOf(folder).read()), ["nodes.yaml file.unreadable"]);
  });
});

describe("a FolderReader", () => {
  it("returns the same object where nothing changed, also where files were only touched", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": vm("b") });
    const reader = readerOf(folder);
    const first = await reader.read();
    assert.equal(await reader.read(), first);
    await utimes(folder.at("a.yaml"), 1_000_000, 1_000_000);
    assert.equal(await reader.read(), first);
  });

  it("keeps the documents of files that did not change", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a"), "b.yaml": vm("b") });
    const reader = readerOf(folder);
    const first = loaded(await reader.read());
    await folder.write("b.yaml", vm("b", "cpus: 2\n"));
    const second = loaded(await reader.read());
    assert.equal(second.documents.get("VM/a"), first.documents.get("VM/a"));
    assert.equal(second.desired.vms.get("a"), first.desired.vms.get("a"));
    assert.equal(second.desired.vms.get("b")?.cpus, 2);
  });

  it("sees a change that left size and times as they were", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a", "cpus: 2\n") });
    const reader = readerOf(folder);
    await reader.read();
    const { atime, mtime } = await stat(folder.at("a.yaml"));
    await writeFile(folder.at("a.yaml"), vm("a", "cpus: 4\n"));
    await utimes(folder.at("a.yaml"), atime, mtime);
    assert.equal(loaded(await reader.read()).desired.vms.get("a")?.cpus, 4);
  });

  it("gives positions anew when lines move, with the same digest", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    const reader = readerOf(folder);
    const first = loaded(await reader.read());
    await folder.write("a.yaml", `# more\n# words\n${vm("a")}`);
    const second = loaded(await reader.read());
    assert.deepEqual(second.desired.sources.get("VM/a"), { file: "a.yaml", line: 3 });
    assert.equal(second.digest, first.digest);
  });

  it("recovers when the folder does", async () => {
    await using folder = await temporaryFolder({ "cluster.d/a.yaml": vm("a") });
    const reader = new FolderReader({ folder: folder.at("cluster.d"), host: "box", clock: systemClock });
    const first = loaded(await reader.read());
    await rename(folder.at("cluster.d"), folder.at("away"));
    assert.equal((await reader.read()).ok, false);
    await rename(folder.at("away"), folder.at("cluster.d"));
    assert.equal(loaded(await reader.read()).digest, first.digest);
  });

  it("stops when it is told to", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    const reader = readerOf(folder);
    await assert.rejects(reader.read(AbortSignal.abort(new Error("enough"))), /enough/u);
    assert.equal((await reader.read()).ok, true);
  });

  it("reads whole revisions only, while files are replaced under its feet", async () => {
    const revision = (cpus: number) =>
      vm("a", `cpus: ${String(cpus)}\n`) + `---\n` + vm("b", `cpus: ${String(cpus)}\n`);
    await using folder = await temporaryFolder({ "a.yaml": revision(1) });
    const reader = readerOf(folder);
    let isDone = false;
    const writer = (async () => {
      for (let cpus = 2; cpus < 200; cpus++) {
        await writeFile(folder.at(".next"), revision(cpus));
        await rename(folder.at(".next"), folder.at("a.yaml"));
      }
      isDone = true;
    })();
    while (!isDone) {
      const result = await reader.read();
      if (result.ok) assert.equal(result.desired.vms.get("a")?.cpus, result.desired.vms.get("b")?.cpus);
      else assert.deepEqual(codesOf(result), [". folder.unsettled"]);
    }
    await writer;
    assert.equal(loaded(await reader.read()).desired.vms.get("a")?.cpus, 199);
  });
});

describe("a domain's own XML", () => {
  const xml = "<domain type='kvm'><name>a</name></domain>";

  it("is read from the file that the document names, and stands in its place", async () => {
    await using folder = await temporaryFolder({
      "vms/a.yaml": vm("a", "domain: {xml: ../xml/a.xml}\n"),
      "xml/a.xml": xml,
    });
    const reader = readerOf(folder);
    const first = loaded(await reader.read());
    assert.equal(first.desired.vms.get("a")?.domain.xml, xml);
    assert.equal(await reader.read(), first);
    await folder.write("xml/a.xml", xml.replace("kvm", "qemu"));
    const second = loaded(await reader.read());
    assert.notEqual(second.digest, first.digest);
    assert.match(second.desired.vms.get("a")?.domain.xml ?? "", /qemu/u);
  });

  it("may be written into the document", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a", `domain:\n  xml: |\n    ${xml}\n`) });
    assert.equal(loaded(await readerOf(folder).read()).desired.vms.get("a")?.domain.xml, `${xml}\n`);
  });
});
