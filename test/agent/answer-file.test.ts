import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { answerFile, readAnswerFile, writeAnswerFile } from "../../agent/answer-file.ts";
import { plainLog } from "../../cli/plain-log.ts";

describe("the answer file", () => {
  const identity = { key: "0123456789abcdef".repeat(4), port: 7410 };
  let root: string;
  let path: string;
  let said: string[];
  const log = plainLog((line) => said.push(line), "info");
  const read = (bootId = "b1") => readAnswerFile(path, bootId, log);
  const write = (bootId = "b1") => writeAnswerFile(path, bootId, identity, log);

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "keel-answer-"));
    path = answerFile(join(root, "run"), "hv1");
    said = [];
  });
  afterEach(() => rm(root, { recursive: true }));

  it("is not there at first, which is nothing to speak of", async () => {
    assert.equal(await read(), null);
    assert.deepEqual(said, []);
  });

  it("is read back in the same boot", async () => {
    await write();
    assert.deepEqual(await read(), identity);
    assert.deepEqual(said, []);
  });

  it("counts for nothing in another boot, and says so", async () => {
    await write();
    assert.equal(await read("b2"), null);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /^note: .*another boot/);
    await write("b2");
    assert.deepEqual(await read("b2"), identity);
  });

  it("is of one node: machines that are simulated share a folder", async () => {
    await write();
    assert.equal(await readAnswerFile(answerFile(join(root, "run"), "hv2"), "b1", log), null);
  });

  it("counts for nothing where it is malformed, and is replaced", async () => {
    await write();
    const whole = await readFile(path, "utf8");
    const malformed = [
      "",
      "\0\0\0\0",
      "null",
      "[]",
      '"text"',
      whole.slice(0, -2),
      whole.replace('"version":1', '"version":2'),
      whole.replace(identity.key, "short"),
      whole.replace("7410", "0"),
      whole.replace("7410", "65536"),
      whole.replace("7410", "74.1"),
      whole.replace("7410", '"7410"'),
    ];
    for (const text of malformed) {
      said = [];
      await writeFile(path, text);
      assert.equal(await read(), null, text);
      assert.match(said.join("\n"), /^warning: the answer file is malformed/, text);
      await write();
      assert.deepEqual(await read(), identity);
    }
  });

  it("counts for nothing where it cannot be read", async () => {
    await mkdir(path, { recursive: true });
    assert.equal(await read(), null);
    assert.match(said.join("\n"), /^warning: the answer file cannot be read.*EISDIR/);
  });

  it("is its owner's alone, whatever was there before, and nothing is left beside it", async () => {
    await write();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(root, "run"))).mode & 0o777, 0o700);
    await chmod(path, 0o644);
    await write();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(root, "run")), ["heartbeat-hv1.json"]);
  });

  it("goes on with a warning where it cannot be written", async () => {
    await writeFile(join(root, "run"), "no folder");
    await write();
    assert.match(said.join("\n"), /^warning: the answer key cannot be kept .*(ENOTDIR|EEXIST)/);
    said = [];
    await rm(join(root, "run"));
    await mkdir(path, { recursive: true });
    await write();
    assert.match(said.join("\n"), /^warning: the answer key cannot be kept .*EISDIR/);
    assert.deepEqual(await readdir(join(root, "run")), ["heartbeat-hv1.json"]);
  });
});
