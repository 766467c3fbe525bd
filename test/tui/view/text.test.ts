import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { cellsOf, fit, graphemesOf, harmless, truncate, wrap } from "../../../tui/view/text.ts";

describe("cellsOf", () => {
  it("counts a cell for a Latin letter, two for a wide one, none for what combines", () => {
    const examples: readonly (readonly [string, number])[] = [
      ["web1", 4],
      ["─━┈●→", 5],
      ["日本語", 6],
      ["한국", 4],
      ["ﾊﾝｶｸ", 4],
      ["e\u0301", 1],
      ["a\u200B", 1],
      ["💥", 2],
      ["👩‍💻", 2],
      ["ｗｉｄｅ", 8],
      ["", 0],
    ];
    for (const [text, cells] of examples) assert.equal(cellsOf(text), cells, text);
  });
});

describe("truncate", () => {
  it("leaves alone what fits, and ends what it cuts in the ellipsis", () => {
    assert.equal(truncate("web1", 4, "…"), "web1");
    assert.equal(truncate("web-server", 5, "…"), "web-…");
    assert.equal(truncate("web-server", 0, "…"), "");
  });

  it("never splits a wide character or a combined one", () => {
    assert.equal(truncate("日本語", 4, "…"), "日…");
    assert.equal(truncate("xe\u0301y", 2, "…"), "x…");
    assert.equal(truncate("xe\u0301yz", 3, "…"), "xe\u0301…");
  });
});

describe("fit", () => {
  it("is exactly as wide as asked for", () => {
    assert.equal(fit("ab", 4, "…"), "ab  ");
    assert.equal(fit("ab", 4, "…", "right"), "  ab");
    assert.equal(fit("日本語", 4, "…"), "日… ");
  });
});

describe("wrap", () => {
  it("breaks at blanks and keeps the indentation", () => {
    assert.deepEqual(wrap("  one two three", 9), ["  one two", "  three"]);
  });

  it("breaks a word that is longer than the line", () => {
    assert.deepEqual(wrap("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
  });

  it("keeps an empty line", () => {
    assert.deepEqual(wrap("", 10), [""]);
  });
});

describe("harmless", () => {
  it("takes out escape sequences, control characters and changes of direction", () => {
    assert.equal(harmless("\u001B[31mred\u001B[0m"), "red");
    assert.equal(harmless("a\tb\r\nc"), "a b c");
    assert.equal(harmless("x\u202Ey\u2066z"), "x y z");
    assert.equal(harmless("\u009B2Jx"), " 2Jx");
  });

  it("leaves ordinary text as it is", () => {
    assert.equal(harmless("日本 → ok"), "日本 → ok");
  });
});

describe("graphemesOf", () => {
  it("counts characters as people do", () => {
    assert.deepEqual(graphemesOf("ae\u0301👩‍💻"), ["a", "e\u0301", "👩‍💻"]);
  });
});
