import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { repositoryRoot } from "./root.ts";

/** A text file of the checkout; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const left = ["node_modules", "dist", "coverage", ".git", ".keel"];

/** The checkout's files that match, sorted by path; nothing built, nothing installed. */
export function readSources(...patterns: readonly string[]): readonly SourceFile[] {
  return globSync([...patterns], {
    cwd: repositoryRoot,
    withFileTypes: true,
    exclude: (entry) => left.includes(entry.name) || entry.name.startsWith(".build-"),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: path.slice(repositoryRoot.length + 1), text: readFileSync(path, "utf8") }));
}

/** Every TypeScript source, tests included. */
export function readCode(): readonly SourceFile[] {
  return readSources("**/*.{ts,tsx}");
}
