import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of the checkout. Tests run from dist and read the example cluster, golden files and sources from here. */
export const repositoryRoot = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && /"name": "evenkeel"/u.test(readFileSync(manifest, "utf8"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error("no package.json of evenkeel above this file");
  return findRoot(parent);
}
