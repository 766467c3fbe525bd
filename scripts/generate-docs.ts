/** `npm run docs`: writes the pages that are made from tables in the code, and renews what pages quote of files. */
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { cataloguePages } from "./catalogue-pages.ts";
import { requote } from "./quoted-files.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const pages = cataloguePages();
for (const { path, text } of pages) write(path, text);
for (const path of globSync("docs/man/*", { cwd: root }))
  if (!pages.some((page) => page.path === path)) rmSync(join(root, path));
for (const path of globSync(["README.md", "docs/**/*.md"], { cwd: root }))
  write(path, requote(read(path), read));

function write(path: string, text: string): void {
  if (existsSync(join(root, path)) && text === read(path)) return;
  writeFileSync(join(root, path), text);
  console.log(path);
}
