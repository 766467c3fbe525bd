import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runKeel, temporaryFolder } from "../../run-keel.ts";

describe("keel store roles", () => {
  it("says of the embedded store that it has none, and what guards it", async (test) => {
    const options = { cwd: await temporaryFolder(test), env: { KEEL_STORE: "unix:/run/keel.sock" } };
    const { err, exit } = await runKeel(["store", "roles", "--node", "hv1"], options);
    assert.equal(exit, 1);
    assert.match(err, /this is the embedded store/);
    assert.match(err, /its owner's alone/);
  });

  it("wants names of nodes that can be names", async (test) => {
    const options = { cwd: await temporaryFolder(test), env: { KEEL_STORE: "https://127.0.0.1:1" } };
    const { exit } = await runKeel(["store", "roles", "--node", "../hv1"], options);
    assert.equal(exit, 64);
  });
});
