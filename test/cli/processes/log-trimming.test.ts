import assert from "node:assert/strict";
import {
  appendFileSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { trimOnce } from "../../../cli/processes/log-trimming.ts";
import { temporaryFolder } from "../run-keel.ts";

describe("trimOnce", () => {
  it("keeps what a large log held, once, while its writer goes on", async (test) => {
    const folder = await temporaryFolder(test);
    const path = join(folder, "agent-hv1.log");
    writeFileSync(`${path}.1`, "older");
    const writer = openSync(path, "a");
    writeSync(writer, `${"x".repeat(1_048_576)}\n`);
    await trimOnce(folder);
    writeSync(writer, "next\n");
    assert.equal(readFileSync(path, "utf8"), "next\n");
    assert.equal(statSync(`${path}.1`).size, 1_048_577);
  });

  it("leaves small logs and other files alone", async (test) => {
    const folder = await temporaryFolder(test);
    appendFileSync(join(folder, "store.log"), "short\n");
    appendFileSync(join(folder, "large.data"), "x".repeat(1_048_577));
    await trimOnce(folder);
    assert.deepEqual(readdirSync(folder).sort(), ["large.data", "store.log"]);
    assert.equal(statSync(join(folder, "large.data")).size, 1_048_577);
  });
});
