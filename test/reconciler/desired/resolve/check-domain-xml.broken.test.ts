// Needs: virsh
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { loadFolder } from "../../../../reconciler/desired/load-folder.ts";
import type { Issue } from "../../../../reconciler/desired/issues/issue.ts";
import { installedSchema } from "../../../../reconciler/domain-xml/schema/installed-schema.ts";
import { repositoryRoot } from "../../../support/root.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const root = join(repositoryRoot, "test/broken-xml");
const names = readdirSync(root).flatMap((name) => (name.endsWith(".xml") ? [name.slice(0, -4)] : []));
const vm = "kind: VM\nname: db1\nmemory: 4GiB\ncpus: 2\n";

interface Expected {
  readonly line: number;
  readonly column: number;
  readonly rest: string;
}

function expectedOf(name: string): readonly Expected[] {
  const lines = readFileSync(join(root, `${name}.txt`), "utf8")
    .trim()
    .split("\n");
  return lines.map((text) => {
    const [, line = "", column = "", rest = ""] = /^(\d+):(\d+) (.*)$/.exec(text) ?? [];
    return { line: Number(line), column: Number(column), rest };
  });
}

/** What is expected is a piece of what is said. */
function found(issues: readonly Issue[], expected: readonly Expected[]): readonly Expected[] {
  return issues.map((issue, index) => {
    const { code, message, advice, line, column } = issue;
    const rest = expected[index]?.rest ?? "";
    const [wantedCode, wantedMessage = "", wantedAdvice = ""] = rest.split(" | ");
    const isSaid = code === wantedCode && message.includes(wantedMessage) && advice.includes(wantedAdvice);
    return { line, column, rest: isSaid ? rest : `${code} | ${message} | ${advice}` };
  });
}

async function issuesOf(files: Readonly<Record<string, string>>): Promise<readonly Issue[]> {
  await using folder = await temporaryFolder(files);
  const result = await loadFolder(folder.path, { host: "box", domainSchema: installedSchema });
  return result.ok ? result.warnings : result.issues;
}

describe("broken domain XML", () => {
  for (const name of names) {
    const xml = readFileSync(join(root, `${name}.xml`), "utf8");
    const expected = expectedOf(name);

    it(`is shown in its own file: ${name}`, async () => {
      const issues = await issuesOf({ "vm.yaml": `${vm}domain: {xml: db1.xml}\n`, "db1.xml": xml });
      assert.deepEqual(found(issues, expected), expected);
      assert.deepEqual(new Set(issues.map(({ file }) => file)), new Set(["db1.xml"]));
    });

    it(`is shown in the document that holds it: ${name}`, async () => {
      const indented = xml.trimEnd().replaceAll(/^/gm, "    ");
      const issues = await issuesOf({ "vm.yaml": `${vm}domain:\n  xml: |\n${indented}\n` });
      const shifted = expected.map((one) => ({ ...one, line: one.line + 6, column: one.column + 4 }));
      assert.deepEqual(found(issues, shifted), shifted);
    });
  }

  it("comes in thirty ways at least", () => {
    assert.ok(names.length >= 30);
  });
});
