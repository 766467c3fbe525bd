// Needs: tmux
/** Ten daily tasks in the terminal UI, as their transcripts say: 80 by 24, without colour, on real processes. */
import assert from "node:assert/strict";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { keelMain } from "../cli/running-up.ts";
import { repositoryRoot } from "../support/root.ts";
import { TerminalScreen } from "../support/terminal-screen.ts";
import { replay } from "../support/transcript.ts";

describe("a day in front of `keel up`", () => {
  it("goes by its transcripts, in few keys", async (test) => {
    const home = mkdtempSync(join(tmpdir(), "keel-day-"));
    test.after(() => {
      rmSync(home, { recursive: true, force: true });
    });
    cpSync(join(repositoryRoot, "cluster.d"), join(home, "cluster.d"), { recursive: true });
    const env = { NO_COLOR: "1", LC_ALL: "C.UTF-8" };
    const screen = await TerminalScreen.open(test, [process.execPath, keelMain, "up"], { cwd: home, env });
    await screen.shows(/hv1 +● ready/u, /hv3 +● ready/u, /web3 +● running/u);
    const transcripts = globSync(join(repositoryRoot, "test/transcripts/*.txt")).sort();
    assert.equal(transcripts.length, 10);
    for (const path of transcripts) {
      await test.test(basename(path, ".txt"), async () => {
        await screen.type(":overview");
        await screen.press("Enter", "Escape", "Escape");
        await screen.shows(/NODES 3/u, /VMS/u);
        await replay(readFileSync(path, "utf8"), screen, home);
      });
    }
    await screen.type("q");
    assert.equal(await screen.ends(), 0);
  });
});
