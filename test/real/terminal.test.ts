// Needs: tmux
/** A newcomer's first minutes, with real keys in a real terminal of 80 by 24, on real processes. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import { keelMain } from "../cli/running-up.ts";
import { repositoryRoot } from "../support/root.ts";
import { TerminalScreen } from "../support/terminal-screen.ts";

function exampleCluster(test: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "keel-real-"));
  cpSync(join(repositoryRoot, "cluster.d"), join(home, "cluster.d"), { recursive: true });
  test.after(() => {
    rmSync(home, { recursive: true, force: true });
  });
  return home;
}

/** Nothing may be wider than the terminal, and nothing is told by colour alone. */
function assertFits(screen: string): void {
  const lines = screen.trimEnd().split("\n");
  assert.ok(lines.length <= 24);
  for (const line of lines) assert.ok(Array.from(line).length <= 80, line);
}

describe("the terminal UI of `keel up`", () => {
  it("shows the cluster, an edit within a second or so, applies it when told to, and ends everything", async (test) => {
    const home = exampleCluster(test);
    const command = [process.execPath, keelMain, "up"];
    const screen = await TerminalScreen.open(test, command, {
      cwd: home,
      env: { NO_COLOR: "1", LC_ALL: "C.UTF-8" },
    });

    const settled = await screen.shows(/hv1 +● ready/u, /hv3 +● ready/u, /web3 +● running/u, /read-only/u);
    assertFits(settled);
    assert.match(settled, /\? help/u);

    await screen.type("?");
    assertFits(await screen.shows(/KEYS/u, /apply the pending edits/u));
    await screen.press("Escape");
    await screen.shows(/NODES 3/u);

    await screen.type("/web");
    await screen.press("Enter");
    assertFits(await screen.showsWithout(/web1 +● running/u, /mail +● running/u));
    await screen.press("Escape");
    await screen.shows(/mail +● running/u);

    const file = join(home, "cluster.d", "vms", "office.yaml");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("name: mail\n", "name: mail\nmigrate: hv3\n"));
    await screen.type(":drift");
    await screen.press("Enter");
    assertFits(await screen.shows(/PENDING EDITS 1/u, /VM\/mail/u, /vms\/office\.yaml/u));

    await screen.type("a");
    await screen.shows(/read-only.*:rw/u);
    await screen.type(":rw");
    await screen.press("Enter");
    await screen.shows(/READ-WRITE/u);
    await screen.type("a");
    assertFits(await screen.shows(/Apply 1 edit/u));
    await screen.type("y");
    await screen.showsWithout(/generation 2/u, /Apply 1 edit/u);
    await screen.type(":vm");
    await screen.press("Enter");
    assertFits(await screen.shows(/mail +→ migrating/u));
    await screen.shows(/mail +● running +≠? ?hv3/u);

    writeFileSync(file, text.replace("memory: 2GiB", "memry: 2GiB"));
    await screen.type(":drift");
    await screen.press("Enter");
    assertFits(await screen.shows(/memry/u, /invalid/iu));

    await screen.type("q");
    assert.equal(await screen.ends(), 0);
  });

  it("draws nothing with --screen-reader, and says what changes and what is under the cursor", async (test) => {
    const home = exampleCluster(test);
    const command = [process.execPath, keelMain, "up", "--screen-reader"];
    const screen = await TerminalScreen.open(test, command, { cwd: home, env: { LC_ALL: "C.UTF-8" } });
    const said = await screen.shows(/Node hv3: ready, was /u);
    assert.doesNotMatch(said, /[─━▸●]/u);
    await screen.type("j");
    await screen.shows(/^2 of 3: hv2, /mu);
    await screen.type("q");
    assert.equal(await screen.ends(), 0);
  });
});
