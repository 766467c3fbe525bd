import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { repositoryRoot } from "../support/root.ts";

/** Compares with `test/golden/tui/<name>.txt`; KEEL_UPDATE_GOLDEN=1 writes what is there now instead. */
export function assertGolden(name: string, text: string): void {
  const path = join(repositoryRoot, "test/golden/tui", `${name}.txt`);
  const withEnd = `${text.trimEnd()}\n`;
  if (process.env["KEEL_UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withEnd);
    return;
  }
  assert.equal(withEnd, readFileSync(path, "utf8"));
}
