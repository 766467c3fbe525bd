/** Answers over real sockets: by what a leader that was told once still finds the heartbeat. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { type DirectAnswersOptions, openDirectAnswers } from "../../agent/direct-answers.ts";
import { plainLog } from "../../cli/plain-log.ts";
import type { Answerer } from "../../reconciler/runtime/direct/answerer.ts";
import { directAsker } from "../../reconciler/runtime/direct/ask.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";

const ask = directAsker({ clock: systemClock, random: randomBytes });
const never = new AbortController().signal;
const local = "127.0.0.1";

describe("openDirectAnswers", { timeout: 30_000 }, () => {
  let root: string;
  let said: string[];
  const opened = new Set<Answerer>();
  const log = plainLog((line) => said.push(line), "warn");

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "keel-answers-"));
    said = [];
  });
  afterEach(async () => {
    for (const answerer of opened) answerer.close();
    opened.clear();
    await rm(root, { recursive: true });
  });

  /** As a heartbeat that begins. */
  const begin = async (options: Partial<DirectAnswersOptions> = {}): Promise<Answerer> => {
    const usual = { node: "hv1", bootId: "b1", address: local, answerAt: { host: local, port: 0 } };
    const answerer = await openDirectAnswers({
      ...usual,
      folder: root,
      random: randomBytes,
      log,
      ...options,
    });
    if (answerer === null) assert.fail(said.join("\n"));
    const close = (): void => {
      if (opened.delete(answerer)) answerer.close();
    };
    opened.add(answerer);
    return { place: answerer.place, close };
  };

  it("answers by what was told before it was restarted, at the port that was any", async () => {
    const { place, close } = await begin();
    close();
    assert.equal(await ask(place, never), null);
    assert.deepEqual((await begin()).place, place);
    assert.equal(await ask(place, never), "b1");
    assert.deepEqual(said, []);
  });

  it("has another key in another boot", async () => {
    const { place, close } = await begin();
    close();
    const { key } = (await begin({ bootId: "b2" })).place;
    assert.notEqual(key, place.key);
    assert.equal(await ask(place, never), null);
  });

  it("shares the key with another heartbeat of its boot, at another port", async () => {
    const one = await begin();
    const other = await begin();
    assert.equal(other.place.key, one.place.key);
    assert.notEqual(other.place.port, one.place.port);
    assert.match(said.join("\n"), /^warning: the port for direct answers cannot be had/);
    assert.deepEqual([await ask(one.place, never), await ask(other.place, never)], ["b1", "b1"]);
  });

  it("comes back to the port that it was told, once that is free again", async () => {
    const other = await begin({ node: "hv2" });
    const answerAt = { host: local, port: other.place.port };
    const astray = await begin({ answerAt });
    assert.notEqual(astray.place.port, answerAt.port);
    assert.match(said.join("\n"), /^warning: the port for direct answers cannot be had/);
    astray.close();
    assert.equal((await begin({ answerAt })).place.port, astray.place.port, "it was found there before");
    other.close();
    assert.equal((await begin({ answerAt })).place.port, answerAt.port);
  });

  it("keeps its key in memory where it cannot keep it otherwise", async () => {
    const folder = join(root, "file");
    await writeFile(folder, "");
    const { place } = await begin({ folder });
    assert.equal(await ask(place, never), "b1");
    assert.match(said.join("\n"), /^warning: the answer key cannot be kept/m);
  });

  it("answers nobody where it has no such address, and says so", async () => {
    const answerAt = { host: "192.0.2.1", port: 0 };
    await assert.rejects(begin({ answerAt }), /nobody can be answered directly/);
  });
});
