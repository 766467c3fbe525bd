import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { repositoryRoot } from "./support/root.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const page = read("docs/pvc.md");

/** All of PVC 1.0.3 that is about the cluster, nodes and VMs. */
const commands: Readonly<Record<string, string>> = {
  "cluster": "init, backup, restore, status, task",
  "cluster fault": "list, ack, ack-all, delete, delete-all",
  "cluster maintenance": "on, off",
  "node": "is-primary, primary, secondary, flush, ready, log, info, list",
  "vm":
    "define, meta, modify, rename, undefine, remove, start, restart, shutdown, stop, disable, move, migrate, unmigrate, " +
    "flush-locks, autobackup, automirror, log, dump, info, list",
  "vm snapshot": "create, remove, rollback, export, import, send",
  "vm mirror": "create, promote",
  "vm backup": "create, restore, remove",
  "vm tag": "get, add, remove",
  "vm vcpu": "get, set",
  "vm memory": "get, set",
  "vm network": "get, add, remove",
  "vm volume": "get, add, remove",
};

interface Row {
  readonly commands: readonly string[];
  readonly cells: readonly string[];
}

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line): Row => {
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { commands: namedIn(cells[0] ?? ""), cells };
  });

/** `vm log, dump` names two. */
function namedIn(cell: string): readonly string[] {
  const [first = "", ...others] = cell.replaceAll("`", "").split(", ");
  const group = first.split(" ").slice(0, -1).join(" ");
  return [first, ...others.map((word) => `${group} ${word}`)];
}

interface NamedTest {
  readonly title: string;
  readonly file: string;
}

/** The titles and files of the tests that a row names. */
function testsOf({ cells }: Row): readonly NamedTest[] {
  return [...(cells[3] ?? "").matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(
    ([, title = "", file = ""]): NamedTest => ({ title, file }),
  );
}

/** Whether a file has a test of that title. */
function hasTest(source: string, title: string): boolean {
  return source.includes(`it("${title}"`) || source.includes(`it(\`${title}\``);
}

describe("the page for those who come from PVC", () => {
  it("has a place for each of PVC's commands for the cluster, nodes and VMs, and but one each", () => {
    const all = Object.entries(commands).flatMap(([group, words]) =>
      words.split(", ").map((word) => `${group} ${word}`),
    );
    const listed = rows.flatMap((row) => row.commands).filter((each) => !each.startsWith("network "));
    assert.deepEqual(listed.toSorted(), all.toSorted());
  });

  for (const row of rows.filter(({ cells }) => cells.length === 4)) {
    it(`names tests that there are for ${row.commands.join(", ")}, and one of the API where it names a route`, () => {
      const tests = testsOf(row);
      assert.ok(tests.length > 0, row.cells[3]);
      for (const { title, file } of tests) {
        assert.ok(existsSync(join(repositoryRoot, file)), file);
        assert.ok(hasTest(read(file), title), `${file} has no test "${title}"`);
      }
      const isRouted = row.cells[2]?.includes("/api/v1/") === true;
      assert.equal(
        tests.some(({ file }) => file.startsWith("test/cli/api/")),
        isRouted,
        row.cells[2],
      );
    });
  }

  it("would notice a test that is gone", () => {
    const source = read("test/cli/commands/vm/meta.test.ts");
    assert.equal(hasTest(source, "shows edit and plan, and asks"), true);
    assert.equal(hasTest(source, "shows edit and plan"), false);
    assert.equal(hasTest(source.replace("and asks", "and more"), "shows edit and plan, and asks"), false);
  });
});
