/** `npm run docs`: writes the pages that are made from tables in the code, and renews what pages quote of files. */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cataloguePages } from "./catalogue-pages.ts";
import { requote } from "./quoted-files.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

for (const { path, text } of cataloguePages()) write(path, text);
for (const path of globSync(["README.md", "docs/**/*.md"], { cwd: root }))
  write(path, requote(read(path), read));

function write(path: string, text: string): void {
  if (text === read(path)) return;
  writeFileSync(join(root, path), text);
  console.log(path);
}
