import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { repositoryRoot } from "../support/root.ts";

const folder = join(repositoryRoot, "test/mutants");

describe("the planted bugs", () => {
  it("still fit the code that they are planted in", () => {
    const patches = readdirSync(folder).filter((name) => name.endsWith(".patch"));
    assert.ok(patches.length >= 30);
    for (const name of patches) {
      const { status, stderr } = spawnSync("git", ["apply", "--check", join(folder, name)], {
        cwd: repositoryRoot,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${name}: ${stderr}`);
    }
  });
});
