import assert from "node:assert/strict";
import { readdir, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { bindPrivately, checkSocketPath } from "../../../../reconciler/store/embedded/socket-path.ts";
import { temporaryDirectory } from "./store-files.ts";

function server(test: TestContext): Server {
  const one = createServer();
  test.after(() => one.close());
  return one;
}

function listen(one: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    one.once("error", reject);
    one.listen(path, resolve);
  });
}

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe("the socket of the embedded store", () => {
  it("is made where nobody else can enter, and is nobody else's when it gets its name", async (test) => {
    const base = await temporaryDirectory(test);
    const path = join(base, "socket");
    const one = server(test);
    const takeAway = await bindPrivately(path, async (hidden) => {
      assert.equal(await mode(dirname(hidden)), 0o700);
      assert.equal(dirname(dirname(hidden)), base);
      await listen(one, hidden);
      assert.equal((await readdir(base)).includes("socket"), false);
    });
    assert.equal(await mode(path), 0o600);
    assert.deepEqual(await readdir(base), ["socket"]);
    await takeAway();
    assert.deepEqual(await readdir(base), []);
  });

  it("never takes the name from another file, and leaves nothing behind", async (test) => {
    const base = await temporaryDirectory(test);
    const path = join(base, "socket");
    await writeFile(path, "mine");
    await assert.rejects(
      bindPrivately(path, (hidden) => listen(server(test), hidden)),
      { code: "EEXIST" },
    );
    await assert.rejects(
      bindPrivately(path, () => Promise.reject(new Error("no"))),
      /^Error: no$/,
    );
    assert.deepEqual(await readdir(base), ["socket"]);
    assert.equal((await stat(path)).size, 4);
  });

  it("needs a folder whose path leaves room for the one in which it is made", () => {
    checkSocketPath(`/${"x".repeat(96)}/socket`);
    assert.throws(() => checkSocketPath(`/${"x".repeat(97)}/s`), /takes 108 bytes; the system allows 107/);
  });
});
