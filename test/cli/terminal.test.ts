import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { describe, it } from "node:test";
import { coloursOf, terminalOf } from "../../cli/terminal.ts";

const tty = Object.assign(new PassThrough(), { isTTY: true, columns: 132, rows: 50 });
const pipe = new PassThrough();

describe("coloursOf", () => {
  it("colours terminals and nothing else", () => {
    assert.equal(coloursOf(tty, { TERM: "xterm" }, "auto"), true);
    assert.equal(coloursOf(tty, { TERM: "dumb" }, "auto"), false);
    assert.equal(coloursOf(pipe, { TERM: "xterm" }, "auto"), false);
  });

  it("obeys NO_COLOR before what forces colour, and the option before both", () => {
    assert.equal(coloursOf(pipe, { FORCE_COLOR: "1" }, "auto"), true);
    assert.equal(coloursOf(pipe, { CLICOLOR_FORCE: "1" }, "auto"), true);
    assert.equal(coloursOf(pipe, { FORCE_COLOR: "0" }, "auto"), false);
    assert.equal(coloursOf(tty, { NO_COLOR: "1", FORCE_COLOR: "1" }, "auto"), false);
    assert.equal(coloursOf(tty, { NO_COLOR: "" }, "auto"), true);
    assert.equal(coloursOf(pipe, { NO_COLOR: "1" }, "always"), true);
    assert.equal(coloursOf(tty, { FORCE_COLOR: "1" }, "never"), false);
  });
});

describe("terminalOf", () => {
  it("takes the size from the terminal, unless COLUMNS and LINES say otherwise", () => {
    assert.deepEqual(terminalOf(tty, {}), { isTty: true, columns: 132, rows: 50, utf8: false });
    const { columns, rows } = terminalOf(tty, { COLUMNS: "60", LINES: "nonsense" });
    assert.deepEqual([columns, rows], [60, 50]);
    assert.deepEqual(terminalOf(pipe, {}), { isTty: false, columns: 80, rows: 24, utf8: false });
  });

  it("shows more than ASCII only in a UTF-8 locale, and never on the Linux console", () => {
    assert.equal(terminalOf(tty, { LANG: "de_DE.UTF-8" }).utf8, true);
    assert.equal(terminalOf(tty, { LC_ALL: "C", LANG: "de_DE.UTF-8" }).utf8, false);
    assert.equal(terminalOf(tty, { LANG: "C.utf8", TERM: "linux" }).utf8, false);
  });
});
