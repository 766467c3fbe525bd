// Needs: mandoc
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import { manPages } from "../../../cli/man/man-pages.ts";
import { describedProgram } from "../../../cli/program.ts";
import { repositoryRoot } from "../../support/root.ts";

const pages = manPages(describedProgram());
const paths = pages.map(({ file }) => join(repositoryRoot, "docs/man", file));

describe("the manual", () => {
  it("has a page for each command that the help shows, and none for what is hidden", () => {
    const files = pages.map(({ file }) => file);
    for (const file of ["keel.1", "keel-vm.1", "keel-apply.1", "keel-completion.1"])
      assert.ok(files.includes(file), file);
    assert.ok(!files.some((file) => /simulated-host|complete\.|help/.test(file)));
  });

  it("is roff without fault; only a date is missing, since pages would grow stale by themselves", () => {
    const { stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", ...paths], { encoding: "utf8" });
    const complaints = stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"));
    assert.deepEqual(complaints, []);
  });

  it("shows every option as it is typed, with what it takes and what an example does", () => {
    const shown = execFileSync(
      "mandoc",
      ["-Tascii", "-Owidth=200", join(repositoryRoot, "docs/man/keel-vm.1")],
      {
        encoding: "utf8",
      },
    ).replaceAll(/.\u0008/g, "");
    assert.match(shown, /keel vm meta \[OPTION\]\.\.\. vms\.\.\./);
    assert.match(
      shown,
      /--selector selector\n +how a node is chosen; default: the cluster's; one of: mem, memprov,/,
    );
    assert.match(shown, /keel vm meta db1 --limits any\n +it may run anywhere again/);
  });
});
