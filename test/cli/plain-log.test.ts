import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logLevelOf, plainLog } from "../../cli/plain-log.ts";

describe("plainLog", () => {
  it("says in one line what happened, from its level on", () => {
    const lines: string[] = [];
    const log = plainLog((line) => lines.push(line), "warn");
    log.debug("nothing");
    log.info("nothing");
    log.warn("the store does not answer", { why: "no connection", tries: 2 });
    log.error("it failed", { error: new Error("broken") });
    assert.deepEqual(lines, [
      "warning: the store does not answer (why: no connection, tries: 2)",
      "error: it failed (error: broken)",
    ]);
  });
});

describe("logLevelOf", () => {
  it("takes the levels by name, and else what is usual", () => {
    assert.equal(logLevelOf("DEBUG", "warn"), "debug");
    assert.equal(logLevelOf("loud", "warn"), "warn");
    assert.equal(logLevelOf(undefined, "info"), "info");
  });
});
