import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { terminalTraits } from "../../tui/terminal.ts";

describe("terminalTraits", () => {
  const utf8 = { TERM: "xterm-256color", LANG: "en_US.UTF-8" };

  it("takes colour and signs of a common terminal", () => {
    assert.deepEqual(terminalTraits(utf8), { colour: true, unicode: true, spoken: false });
  });

  it("respects NO_COLOR where it is not empty", () => {
    assert.equal(terminalTraits({ ...utf8, NO_COLOR: "1" }).colour, false);
    assert.equal(terminalTraits({ ...utf8, NO_COLOR: "" }).colour, true);
  });

  it("falls back to ASCII without a UTF-8 locale, the more specific variable counting", () => {
    assert.equal(terminalTraits({ TERM: "xterm" }).unicode, false);
    assert.equal(terminalTraits({ ...utf8, LC_ALL: "C" }).unicode, false);
    assert.equal(terminalTraits({ TERM: "xterm", LANG: "C", LC_CTYPE: "C.utf8" }).unicode, true);
  });

  it("asks little of the Linux console, and nothing of a dumb terminal", () => {
    assert.deepEqual(terminalTraits({ ...utf8, TERM: "linux" }), {
      colour: true,
      unicode: false,
      spoken: false,
    });
    assert.deepEqual(terminalTraits({ ...utf8, TERM: "dumb" }), {
      colour: false,
      unicode: false,
      spoken: false,
    });
  });
});
