import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { formatText } from "../../../../reconciler/desired/edit/format-text.ts";
import { repositoryRoot } from "../../../support/root.ts";
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
  - {name: root, size: 20GiB} # data
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

  it("changes no more than blanks in the example cluster", () => {
    const text = readFileSync(join(repositoryRoot, "cluster.d/cluster.yaml"), "utf8");
    const withoutBlanks = (each: string) => each.replaceAll(/ +#/g, "#").replaceAll(/(?<=\{) | (?=\})/g, "");
    assert.equal(withoutBlanks(formatted(text)), withoutBlanks(text));
  });

  it("leaves alone what is no YAML, and what would lose a comment", () => {
    assert.equal(formatText("a: [1\n").ok, false);
    const lost = formatText("kind: VM\n--- # of the next\nkind: VM\n");
    assert.ok(!lost.ok || lost.text.includes("# of the next"));
  });
});
