import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix, join } from "node:path";
import { describe, it } from "node:test";

import { clusterKeys } from "../reconciler/store/keys.ts";
import { cataloguePages } from "../scripts/catalogue-pages.ts";
import { requote } from "../scripts/quoted-files.ts";
import { anchors, localLinks } from "./support/markdown.ts";
import { repositoryRoot } from "./support/root.ts";
import { readSources } from "./support/sources.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const pages = readSources("**/*.md");

describe("the documents", () => {
  for (const { path, text } of cataloguePages()) {
    it(`have a ${path} that is as the code says (npm run docs)`, () => {
      assert.equal(read(path), text);
    });
  }

  it("have no page of the manual that is of no command any more (npm run docs)", () => {
    const made = new Set(cataloguePages().map(({ path }) => path));
    assert.deepEqual(
      readdirSync(join(repositoryRoot, "docs/man")).filter((file) => !made.has(`docs/man/${file}`)),
      [],
    );
  });

  for (const { path, text } of pages) {
    it(`quote files in ${path} as they are (npm run docs)`, () => {
      assert.equal(text, requote(text, read));
    });
  }

  it("list exactly the keys that are in the store", () => {
    const inCode = Object.values(clusterKeys("lab"))
      .map((key) => (typeof key === "string" ? key : String(Reflect.apply(key, null, ["<>", "<>"]))))
      .map((key) => key.replace("/evenkeel/lab/", ""))
      .filter((key) => key !== "" && !key.endsWith("/"));
    const section = read("docs/architecture.md")
      .split("\n## ")
      .find((text) => text.startsWith("The store"));
    const listed = [...(section ?? "").matchAll(/^\| `(?<key>[^`]+)` /gmu)].map((match) =>
      match[1]?.replaceAll(/<\w+>/gu, "<>"),
    );
    assert.deepEqual(listed.sort(), inCode.sort());
  });

  it("have no link that leads nowhere", () => {
    const broken = pages.flatMap(({ path, text }) =>
      localLinks(text)
        .filter((target) => !leadsSomewhere(path, target))
        .map((target) => `${path}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  it("name only npm scripts that exist", () => {
    const scripts = new Set(
      [...read("package.json").matchAll(/^ {4}"(?<name>[\w:]+)": /gmu)].map((m) => m[1]),
    );
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/npm run (?<name>[\w:]+)/gu)]
        .filter((match) => !scripts.has(match[1]))
        .map((match) => `${path}: ${match[0]}`),
    );
    assert.deepEqual(unknown, []);
  });
});

describe("localLinks", () => {
  it("finds links to files and anchors, not those to elsewhere or in code", () => {
    const text = "[a](b.md#c) [d](https://e.org) `[f](g.md)` [h](#i)\n\n```\n[j](k.md)\n```\n";
    assert.deepEqual(localLinks(text), ["b.md#c", "#i"]);
  });
});

describe("anchors", () => {
  it("are made of the headings", () => {
    assert.deepEqual(anchors("# Life of a `VM`\n\n```\n# no heading\n```\n\n## stale-plan\n"), [
      "life-of-a-vm",
      "stale-plan",
    ]);
  });
});

function leadsSomewhere(from: string, link: string): boolean {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? from : posix.join(posix.dirname(from), file);
  if (!existsSync(join(repositoryRoot, target))) return false;
  return anchor === undefined || anchors(read(target)).includes(anchor);
}
