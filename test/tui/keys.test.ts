import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isText, keyNames } from "../../tui/keys.ts";
import { noFlags } from "./stage.ts";

describe("keyNames", () => {
  it("names keys that have no character", () => {
    assert.deepEqual(keyNames("", { ...noFlags, downArrow: true }), ["down"]);
    assert.deepEqual(keyNames("", { ...noFlags, escape: true, meta: true }), ["esc"]);
    assert.deepEqual(keyNames("", { ...noFlags, delete: true }), ["backspace"]);
    assert.deepEqual(keyNames("z", { ...noFlags, ctrl: true }), ["ctrl-z"]);
    assert.deepEqual(keyNames("x", { ...noFlags, meta: true }), ["meta-x"]);
  });

  it("takes a chunk of several characters apart", () => {
    assert.deepEqual(keyNames("jjé", noFlags), ["j", "j", "é"]);
    assert.deepEqual(keyNames(":q\r", noFlags), [":", "q", "enter"]);
    assert.deepEqual(keyNames("a\r\n\tb", noFlags), ["a", "enter", "tab", "b"]);
  });
});

describe("isText", () => {
  it("tells characters from names and controls", () => {
    assert.deepEqual(["a", "é", "日", " "].map(isText), [true, true, true, true]);
    assert.deepEqual(["enter", "ctrl-z", "\u0001", ""].map(isText), [false, false, false, false]);
  });
});
