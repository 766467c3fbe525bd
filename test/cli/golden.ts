import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryRoot } from "../support/root.ts";
import type { Transcript } from "./bench.ts";

/**
 * Compares commands, with what they wrote and how they ended, with `test/golden/cli/<name>.txt`;
 * KEEL_UPDATE_GOLDEN=1 writes what is there now instead.
 */
export function assertTranscript(name: string, ...transcripts: readonly Transcript[]): void {
  const path = join(repositoryRoot, "test/golden/cli", `${name}.txt`);
  const text = transcripts
    .map(({ command, text: shown, exit }) => `$ ${command}\n${shown}[exit ${exit}]\n`)
    .join("\n");
  if (process.env["KEEL_UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert.equal(text, readFileSync(path, "utf8"));
}
