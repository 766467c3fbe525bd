import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { HypervisorError } from "../../../../agent/hypervisor/hypervisor.ts";
import { type Run, Runs } from "../../../../agent/hypervisor/libvirt/runs.ts";
import { uuidOf } from "../../support/steps.ts";

const run = (vm: string, epoch: number, change: Partial<Run> = {}): Run => ({
  id: `${epoch}.1`,
  vm,
  epoch,
  domainName: vm,
  uuid: uuidOf(vm),
  since: 1_000,
  incoming: false,
  to: null,
  ...change,
});

describe("Runs", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "keel-runs-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("knows after a restart what ran", async () => {
    const runs = await Runs.load(folder);
    runs.see(run("web", 3, { to: "hv2" }));
    runs.see(run("db", 4));
    await runs.save();
    const next = await Runs.load(folder);
    assert.equal(next.find("3.1")?.to, "hv2");
    assert.deepEqual(
      next.all.map(({ vm }) => vm),
      ["web", "db"],
    );
  });

  it("remembers the last end of each VM until it is told to forget", async () => {
    const runs = await Runs.load(folder);
    runs.end(run("web", 3), "crash", 5);
    runs.end(run("web", 4), "guest", 6);
    await runs.save();
    const next = await Runs.load(folder);
    assert.deepEqual(next.ended, [{ vm: "web", epoch: 4, id: "4.1", cause: "guest", at: 6 }]);
    next.forget("web");
    assert.deepEqual(next.ended, []);
  });

  it("takes the end of a copy that never ran for no end of a run", async () => {
    const runs = await Runs.load(folder);
    runs.see(run("web", 6, { incoming: true }));
    runs.end(run("web", 6, { incoming: true }), "crash", 5);
    assert.deepEqual([runs.ended, runs.all], [[], []]);
  });

  it("is saved by several at once, and holds what the last of them knew", async () => {
    const runs = await Runs.load(folder);
    const saves = ["web", "db", "mail"].map((vm, index) => {
      runs.see(run(vm, index, { id: vm }));
      return runs.save();
    });
    await Promise.all(saves);
    assert.deepEqual((await Runs.load(folder)).all, runs.all);
  });

  it("says so where it cannot be saved, and is saved once it can", async () => {
    const runs = await Runs.load(folder);
    await mkdir(join(folder, "runs.json.new"));
    runs.see(run("web", 3));
    await assert.rejects(
      runs.save(),
      (error) => error instanceof HypervisorError && /cannot be written down/u.test(error.message),
    );
    await rmdir(join(folder, "runs.json.new"));
    await runs.save();
    assert.deepEqual((await Runs.load(folder)).all, runs.all);
  });

  it("begins anew where the file is not its own", async () => {
    for (const text of ["", "{", `{"version": 2}`, `{"version": 1, "runs": 3}`]) {
      await writeFile(join(folder, "runs.json"), text);
      assert.deepEqual((await Runs.load(folder)).all, []);
    }
    const runs = await Runs.load(folder);
    await runs.save();
    assert.match(await readFile(join(folder, "runs.json"), "utf8"), /"version":1/);
  });
});
