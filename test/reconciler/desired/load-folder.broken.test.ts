import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { loadFolder } from "../../../reconciler/desired/load-folder.ts";
import { repositoryRoot } from "../../support/root.ts";

const root = join(repositoryRoot, "test/broken");
const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe("what is broken", () => {
  for (const { name } of folders) {
    it(`is reported for ${name}`, async () => {
      const result = await loadFolder(join(root, name), { host: "box" });
      const issues = result.ok ? result.warnings : result.issues;
      const expected = readFileSync(join(root, name, "expected.txt"), "utf8")
        .trim()
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf(" | ")), line.slice(line.indexOf(" | ") + 3)]);
      const found = issues.map((issue, index) => {
        const piece = expected[index]?.[1] ?? "";
        const place = `${issue.file}:${String(issue.line)}:${String(issue.column)} ${issue.code}`;
        return [place, issue.advice.includes(piece) ? piece : issue.advice];
      });
      assert.deepEqual(found, expected);
    });
  }

  it("is shown in thirty ways at least", () => {
    assert.ok(folders.length >= 30);
  });
});
