import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatText } from "../../../../reconciler/desired/edit/format-text.ts";
import { documentYaml } from "../../../../reconciler/desired/yaml/write-yaml.ts";
import { starterCluster } from "../../../../cli/starter-cluster.ts";
import { readSources } from "../../../support/sources.ts";

function formatted(text: string): string {
  const result = formatText(text);
  assert.ok(result.ok, text);
  return result.text;
}

const odd = `---
# The shop.
kind:   VM     # a guest
name: web1


memory: 2GiB
disks:
- {name: root,   size: 20GiB}   # data
-   name: logs
    size:     "1GiB"
tags: [ shop,eu ]
---
# Its twin.
kind: VM
name: web2
memory: &m 2GiB
labels: {}
`;

describe("formatText", () => {
  it("lays out in one way, with every comment, quote and the order as they are", () => {
    assert.equal(
      formatted(odd),
      `# The shop.
kind: VM # a guest
name: web1

memory: 2GiB
disks:
  - { name: root, size: 20GiB } # data
  - name: logs
    size: "1GiB"
tags: [shop, eu]
---
# Its twin.
kind: VM
name: web2
memory: &m 2GiB
labels: {}
`,
    );
  });

  it("changes nothing that it has laid out", () => {
    const texts = [
      odd,
      odd.replaceAll("\n", "\r\n"),
      ...readSources("cluster.d/**/*.yaml").map(({ text }) => text),
    ];
    for (const text of texts) assert.equal(formatted(formatted(text)), formatted(text));
  });

  it("changes nothing in the example cluster, and in the one that `keel init` writes", () => {
    const examples = [...readSources("cluster.d/**/*.yaml"), ...starterCluster("lab")];
    for (const { text } of examples) assert.equal(formatted(text), text);
  });

  it("pads maps between braces, and nothing that only looks like one", () => {
    const text =
      'a: {b: {c: 1}, d: [{e: 2}], f: {}}\ng: "{h: 1}" # {i: 1}\nj: |\n  {k: 1}\nl: {\n  m: 1\n}\n';
    const braces = 'a: { b: { c: 1 }, d: [{ e: 2 }], f: {} }\ng: "{h: 1}" # {i: 1}\nj: |\n  {k: 1}\n';
    assert.ok(formatted(text).startsWith(braces), formatted(text));
  });

  it("lays out what edits write as they wrote it", () => {
    const value = {
      migration: { method: "live", maxDowntime: "1s" },
      disks: [{ name: "root", size: "1GiB" }],
      tags: ["a"],
    };
    const text = documentYaml({ kind: "VM", name: "web1", ...value }, "\n");
    assert.equal(formatted(text), text);
  });

  it("leaves alone what is no YAML, and what would lose a comment", () => {
    assert.equal(formatText("a: [1\n").ok, false);
    const lost = formatText("kind: VM\n--- # of the next\nkind: VM\n");
    assert.ok(!lost.ok || lost.text.includes("# of the next"));
  });
});
