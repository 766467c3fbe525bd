import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  answerTo,
  bootIdIn,
  messageLimit,
  questionOf,
} from "../../../../reconciler/runtime/direct/messages.ts";

const bootId = "0d98b678-1ece-4d5d-90ef-19d939653214";
const nonce = "5f".repeat(16);
const key = "ab".repeat(32);
const question = questionOf(nonce, key);
const answer = answerTo(question, bootId, key) ?? assert.fail("no answer");

describe("a direct question", () => {
  it("is answered with the boot", () => {
    assert.equal(bootIdIn(answer, nonce, key), bootId);
  });

  it("is short, and so is its answer", () => {
    assert.ok(question.length < messageLimit && answer.length < messageLimit);
  });

  it("is not answered where it is not signed with the key", () => {
    for (const text of [
      questionOf(nonce, "other"),
      question.slice(0, -1),
      `${question} x`,
      "keel?",
      "",
      answer,
    ]) {
      assert.equal(answerTo(text, bootId, key), null, text);
    }
  });

  it("has no other answer: none to an earlier question, of another boot, or by somebody else", () => {
    assert.equal(bootIdIn(answer, "6".repeat(32), key), null);
    assert.equal(bootIdIn(answer.replace(bootId, "another"), nonce, key), null);
    assert.equal(bootIdIn(answer, nonce, "other"), null);
    assert.equal(bootIdIn(question, nonce, key), null);
  });
});
