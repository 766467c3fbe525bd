import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { applyCommand, summaryPhrase } from "../../../cli/output/plan-sentences.ts";
import { changeReport, planReport } from "../../tui/fixture.ts";

describe("summaryPhrase", () => {
  const phrase = (...words: readonly Parameters<typeof changeReport>[1][]) =>
    summaryPhrase(planReport(words.map((given) => changeReport("VM/web1", given))).summary);

  it("counts restarts among the updates, and says so", () => {
    assert.equal(
      phrase({ word: "update" }, { word: "restart" }, { word: "create" }),
      "1 to create, 2 to update (1 restart), 0 to migrate, 0 to destroy",
    );
  });

  it("leaves out what seldom happens, where it does not", () => {
    assert.equal(phrase(), "0 to create, 0 to update, 0 to migrate, 0 to destroy");
    assert.equal(
      phrase({ word: "start" }, { word: "stop" }, { word: "orphan" }, { word: "remove" }, { word: "adopt" }),
      "0 to create, 0 to update, 0 to migrate, 1 to start, 1 to stop, 1 to adopt, 1 to leave as orphans, 1 to remove, 0 to destroy",
    );
  });
});

describe("applyCommand", () => {
  const plain = { directoryName: "cluster.d", file: null, allowDestroy: null, allowOrphan: null };

  it("is the command as it has to be typed", () => {
    assert.equal(applyCommand(plain), "keel apply");
    assert.equal(
      applyCommand({ ...plain, directoryName: "my files", allowDestroy: 2, allowOrphan: 3 }),
      "keel apply --dir 'my files' --allow-destroy 2 --allow-orphan 3",
    );
    assert.equal(applyCommand({ ...plain, file: "it's.plan" }), String.raw`keel apply 'it'\''s.plan'`);
  });
});
