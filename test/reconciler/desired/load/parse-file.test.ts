import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { parseFile, type ParsedFile } from "../../../../reconciler/desired/load/parse-file.ts";
import { Validator } from "../../../../reconciler/desired/schema/validators.ts";

const validator = new Validator();
const parse = (text: string): ParsedFile => parseFile("a.yaml", text, validator);
const codesOf = (text: string) => parse(text).issues.map((issue) => issue.code);

const vm =
  "# web\nkind: VM\nname: web1\nmemory: 2GiB\nlimits: [hv1, hv2]\nnics:\n  - {name: eth0, network: servers}\n";
const pieces = [
  ...Array.from("\n\t :-?[]{}&*!|>'\"%@`#,~<"),
  "---\n",
  "...\n",
  "kind: VM\n",
  "name: a\n",
  "- ",
  "? ",
  "<<: ",
  "&a ",
  "*a",
  "!!str ",
  "on",
  "010",
  "\r\n",
  "\ufeff",
  "\u0000",
  "\ud800",
  "__proto__: ",
  "%YAML 1.1\n",
];

describe("parseFile", () => {
  it("reads a document with its place", () => {
    const { documents, issues, complete } = parse(`\n${vm}---\n---\n${vm.replace("web1", "web2")}`);
    assert.deepEqual(issues, []);
    assert.equal(complete, true);
    assert.deepEqual(
      documents.map(({ document, line, index }) => [document.name, line, index]),
      [
        ["web1", 3, 0],
        ["web2", 12, 2],
      ],
    );
  });

  it("knows what a broken document is about, and when it does not", () => {
    const broken = parse("kind: VM\nname: web1\nmemory: 1G\n");
    assert.deepEqual([broken.broken, broken.complete], [["VM/web1"], true]);
    const unknown = parse("kind: VM\nname: Web1\nmemory: 1GiB\n");
    assert.deepEqual([unknown.broken, unknown.complete], [[], false]);
  });

  it("reports every document of the file, whatever is wrong with the others", () => {
    const text = "kind: VM\nname: [\n---\nkind: VM\nname: web2\nmemory: 1G\n---\nkind: Nod\nname: x\n";
    assert.deepEqual(codesOf(text), ["yaml.syntax", "unit.size", "schema.kind"]);
  });

  it("survives nesting without end", () => {
    assert.ok(codesOf(`a: ${"[".repeat(50_000)}`).includes("yaml.syntax"));
    assert.ok(codesOf(`a: ${"{a: ".repeat(20_000)}`).includes("yaml.syntax"));
    assert.ok(codesOf(`kind: VM\na: &a [*a]\n`).includes("yaml.alias"));
  });

  it("ends with documents or with issues for any text, each issue in its place", () => {
    const edits = fc.array(fc.tuple(fc.nat(vm.length), fc.constantFrom(...pieces)), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(edits, (changes) => {
        const text = changes.reduce(
          (before, [at, piece]) => before.slice(0, at) + piece + before.slice(at),
          vm,
        );
        const { issues, complete } = parse(text);
        assert.ok(issues.length > 0 || complete);
        const lines = text.split("\n");
        for (const { line, column, endColumn, message, advice } of issues) {
          const length = lines[line - 1]?.length ?? -1;
          assert.ok(column >= 1 && column <= length + 1, `${String(line)}:${String(column)}`);
          assert.ok(endColumn > column);
          assert.ok(message !== "" && advice !== "");
        }
      }),
      { numRuns: 2000 },
    );
  });
});
