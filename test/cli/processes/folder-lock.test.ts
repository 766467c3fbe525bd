import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { lockFolder } from "../../../cli/processes/folder-lock.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { temporaryFolder } from "../run-keel.ts";

describe("lockFolder", () => {
  it("lets one in, and tells the other who it is", async (test) => {
    const run = await temporaryFolder(test);
    const unlock = await lockFolder(run, "cluster.d");
    const isRefusal = (error: unknown) =>
      error instanceof KeelError &&
      error.code === "already-running" &&
      error.message.includes(`process ${process.pid}`);
    await assert.rejects(lockFolder(run, "cluster.d"), isRefusal);
    await unlock();
    await (
      await lockFolder(run, "cluster.d")
    )();
    assert.equal(existsSync(join(run, "up.pid")), false);
  });

  it("takes over what a killed one left", async (test) => {
    const run = await temporaryFolder(test);
    writeFileSync(join(run, "lock-999999999-1-abc"), "");
    writeFileSync(join(run, "up.pid"), "999999999\n");
    const unlock = await lockFolder(run, "cluster.d");
    assert.equal(readFileSync(join(run, "up.pid"), "utf8"), `${process.pid}\n`);
    await unlock();
  });
});
