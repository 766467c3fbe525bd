import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { keelMain } from "./running-up.ts";

const probe = pathToFileURL(join(import.meta.dirname, "..", "support", "young-generation.js")).href;

/**
 * How large V8's young generation becomes in a command, in MiB. Threads that help in its collection give memory back when
 * they come to it, which the machine decides.
 */
function youngMiB(...args: readonly string[]): number {
  const flags = ["--single-threaded-gc", "--import", probe];
  const { status, stderr } = spawnSync(process.execPath, [...flags, keelMain, ...args, "--help"], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const bytes = /^young generation: (\d+) bytes$/m.exec(stderr)?.[1];
  assert.ok(bytes !== undefined, stderr);
  return Number(bytes) / 2 ** 20;
}

describe("the program", () => {
  it("keeps the young generation of an agent small, and of no other command", () => {
    const [agent, reconciler] = [youngMiB("agent"), youngMiB("reconciler")];
    assert.ok(2 * agent <= reconciler, `${agent} MiB in an agent, ${reconciler} MiB in a reconciler`);
  });
});
