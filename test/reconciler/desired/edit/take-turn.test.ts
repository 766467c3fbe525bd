import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { takeTurn } from "../../../../reconciler/desired/edit/take-turn.ts";

describe("takeTurn", () => {
  it("lets one at a time edit a folder, and others another one", async () => {
    const first = await takeTurn("/folder/a");
    const other = await takeTurn("/folder/b");
    let hasSecond = false;
    const second = takeTurn("/folder/a").then((turn) => {
      hasSecond = true;
      return turn;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(hasSecond, false);
    first?.free();
    (await second)?.free();
    other?.free();
    assert.equal(hasSecond, true);
  });

  it("is free again when the process that has it is killed", async () => {
    const module = pathToFileURL(
      join(import.meta.dirname, "../../../../reconciler/desired/edit/take-turn.js"),
    );
    const script = `import(${JSON.stringify(module.href)}).then(async ({ takeTurn }) => { await takeTurn("/folder/c"); console.log("taken"); });`;
    const holder = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    const mine = takeTurn("/folder/c");
    holder.kill("SIGKILL");
    const turn = await mine;
    assert.notEqual(turn, null);
    turn?.free();
  });
});
