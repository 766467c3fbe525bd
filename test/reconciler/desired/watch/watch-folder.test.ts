import assert from "node:assert/strict";
import { appendFile, mkdir, open, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { describe, it } from "node:test";

import { FolderReader } from "../../../../reconciler/desired/load/folder-reader.ts";
import { watchFolder, type SourceEvent } from "../../../../reconciler/desired/watch/watch-folder.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const vm = (name: string, cpus = 1) => `kind: VM\nname: ${name}\nmemory: 1GiB\ncpus: ${String(cpus)}\n`;

/** A watch of a folder whose events are taken one by one; all must come within half a minute. */
class Watched implements AsyncDisposable {
  readonly #end = new AbortController();
  readonly #events: AsyncGenerator<SourceEvent, void, undefined>;

  constructor(folder: string, rescanMs = 600_000) {
    const reader = new FolderReader({ folder, host: "box", clock: systemClock });
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(30_000)]);
    this.#events = watchFolder({ reader, clock: systemClock, settleMs: 250, rescanMs }, signal);
  }

  async next(): Promise<SourceEvent> {
    const { value } = await this.#events.next();
    assert.ok(value !== undefined, "there was no event");
    return value;
  }

  /** The processors of each VM of the next event, which is a revision. */
  async nextCpus(): Promise<Readonly<Record<string, number>>> {
    const event = await this.next();
    assert.ok(event.kind === "revision", JSON.stringify(event));
    return Object.fromEntries([...event.revision.desired.vms.values()].map((each) => [each.name, each.cpus]));
  }

  async nextCodes(): Promise<readonly string[]> {
    const event = await this.next();
    assert.ok(event.kind === "invalid" || event.kind === "unreadable", event.kind);
    return [event.kind, ...event.issues.map((issue) => issue.code)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#events.return();
  }
}

/** Saves that leave the file half-written for a moment, as many programs do. */
async function truncatingSave(path: string, text: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    for (const part of text.split(/(?<=\n)/u)) await handle.write(part);
  } finally {
    await handle.close();
  }
}

/** Vim, with its backup: the old file is moved away, the new one written, the old one removed. */
async function vimSave(folder: string, name: string, text: string): Promise<void> {
  await writeFile(`${folder}/.${name}.swp`, "x");
  await writeFile(`${folder}/4913`, "");
  await unlink(`${folder}/4913`);
  await rename(`${folder}/${name}`, `${folder}/${name}~`);
  await writeFile(`${folder}/${name}`, text);
  await unlink(`${folder}/${name}~`);
  await unlink(`${folder}/.${name}.swp`);
}

describe("watchFolder", () => {
  it("begins with what is there, and reports what is saved, added and removed", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    await folder.write("a.yaml", vm("a", 2));
    assert.deepEqual(await watched.nextCpus(), { a: 2 });
    await folder.write("sub/b.yaml", vm("b"));
    assert.deepEqual(await watched.nextCpus(), { a: 2, b: 1 });
    await folder.write("sub/b.yaml", vm("b", 3));
    assert.deepEqual(await watched.nextCpus(), { a: 2, b: 3 });
    await rm(folder.at("sub"), { recursive: true });
    assert.deepEqual(await watched.nextCpus(), { a: 2 });
  });

  it("sees no half of a file that is saved by truncation, however often", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    for (let cpus = 2; cpus <= 100; cpus++) await truncatingSave(folder.at("a.yaml"), vm("a", cpus));
    let seen = await watched.nextCpus();
    // On a machine that stalls, a save in between may have stood still for long enough to count: but never half of one.
    while (seen["a"] !== undefined && seen["a"] < 100) seen = await watched.nextCpus();
    assert.deepEqual(seen, { a: 100 });
  });

  it("takes vim's save for one change, and its other files for nothing", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    await vimSave(folder.path, "a.yaml", vm("a", 2));
    assert.deepEqual(await watched.nextCpus(), { a: 2 });
  });

  it("takes a checkout of many files for one revision", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `vm-${String(index)}`);
    const all = (cpus: number) => Object.fromEntries(names.map((name) => [name, cpus]));
    await using folder = await temporaryFolder(
      Object.fromEntries(names.map((name) => [`${name}.yaml`, vm(name)])),
    );
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), all(1));
    for (const name of names) {
      await unlink(folder.at(`${name}.yaml`));
      await folder.write(`${name}.yaml`, vm(name, 2));
    }
    assert.deepEqual(await watched.nextCpus(), all(2));
  });

  it("reports what is wrong once, and the next good revision", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    await appendFile(folder.at("a.yaml"), "cpsu: 2\n");
    assert.deepEqual(await watched.nextCodes(), ["invalid", "schema.unknown-key"]);
    await folder.write("notes.txt", "nobody reads this");
    await folder.write("a.yaml", "");
    assert.deepEqual(await watched.nextCodes(), ["invalid", "file.empty"]);
    await folder.write("a.yaml", vm("a", 3));
    assert.deepEqual(await watched.nextCpus(), { a: 3 });
  });

  it("survives the folder's removal and return", async () => {
    await using parent = await temporaryFolder({ "cluster.d/a.yaml": vm("a") });
    await using watched = new Watched(parent.at("cluster.d"));
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    await rm(parent.at("cluster.d"), { recursive: true });
    assert.deepEqual(await watched.nextCodes(), ["unreadable", "folder.missing"]);
    await mkdir(parent.at("cluster.d"));
    await parent.write("cluster.d/a.yaml", vm("a", 2));
    let cpus = await watched.nextCpus();
    // The empty folder may be seen first.
    if (cpus["a"] === undefined) cpus = await watched.nextCpus();
    assert.deepEqual(cpus, { a: 2 });
    await parent.write("cluster.d/a.yaml", vm("a", 3));
    assert.deepEqual(await watched.nextCpus(), { a: 3 });
  });

  it("waits for a folder that is not there yet", async () => {
    await using parent = await temporaryFolder();
    await using watched = new Watched(parent.at("cluster.d"));
    assert.deepEqual(await watched.nextCodes(), ["unreadable", "folder.missing"]);
    await parent.write(".staged/a.yaml", vm("a"));
    await rename(parent.at(".staged"), parent.at("cluster.d"));
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
  });

  it("finds without any event what an event was lost for", async () => {
    await using folder = await temporaryFolder({ ".v1/a.yaml": vm("a"), ".v2/a.yaml": vm("a", 2) });
    await symlink(".v1", folder.at(".now"));
    await symlink(".now/a.yaml", folder.at("a.yaml"));
    await using watched = new Watched(folder.path, 100);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    await symlink(".v2", folder.at(".next"));
    await rename(folder.at(".next"), folder.at(".now"));
    assert.deepEqual(await watched.nextCpus(), { a: 2 });
  });

  it("reads once what happened while nobody asked", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    await using watched = new Watched(folder.path);
    assert.deepEqual(await watched.nextCpus(), { a: 1 });
    for (const cpus of [2, 3, 4]) await folder.write("a.yaml", vm("a", cpus));
    await folder.write("b.yaml", vm("b"));
    assert.deepEqual(await watched.nextCpus(), { a: 4, b: 1 });
  });

  it("ends when it is aborted, also in the middle of waiting", async () => {
    await using folder = await temporaryFolder({ "a.yaml": vm("a") });
    const end = new AbortController();
    const reader = new FolderReader({ folder: folder.path, host: "box", clock: systemClock });
    const events = watchFolder({ reader, clock: systemClock }, end.signal);
    await events.next();
    const waiting = events.next();
    end.abort();
    assert.deepEqual(await waiting, { done: true, value: undefined });
  });
});
