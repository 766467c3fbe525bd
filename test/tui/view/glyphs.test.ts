import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { asciiGlyphs, unicodeGlyphs, type Glyphs } from "../../../tui/view/glyphs.ts";
import { cellsOf } from "../../../tui/view/text.ts";

describe("the signs", () => {
  const all = (glyphs: Glyphs): readonly string[] =>
    Object.values(glyphs).flatMap((value: string | Readonly<Record<string, string>>) =>
      typeof value === "string" ? [value] : Object.values(value),
    );

  it("are one cell wide, so that columns stay in line", () => {
    for (const sign of all(unicodeGlyphs)) assert.equal(cellsOf(sign), 1, sign);
  });

  it("are plain ASCII in the other set", () => {
    for (const sign of all(asciiGlyphs)) assert.match(sign, /^[!-~]{1,2}$/);
  });

  it("tell states apart without the words", () => {
    for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
      const signs = Object.values(glyphs.vm);
      assert.equal(new Set(signs).size, signs.length);
    }
  });
});
