import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { bar, fillTone } from "../../../tui/view/bar.ts";
import { asciiGlyphs, unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { cellsOfLine, textOf } from "../../../tui/view/line.ts";

describe("bar", () => {
  const drawn = (ratio: number) => textOf(bar(ratio, 4, "ok", unicodeGlyphs));

  it("fills by half cells", () => {
    assert.equal(drawn(0.5), "━━┈┈");
    assert.equal(drawn(0.62), "━━╸┈");
  });

  it("shows a beginning as a beginning, and only all as all", () => {
    assert.equal(drawn(0), "┈┈┈┈");
    assert.equal(drawn(0.001), "╸┈┈┈");
    assert.equal(drawn(0.999), "━━━╸");
    assert.equal(drawn(1), "━━━━");
  });

  it("stays in its cells, whatever the ratio", () => {
    for (const ratio of [-1, 0, 0.33, 1, 1.25, 40]) {
      assert.equal(cellsOfLine(bar(ratio, 7, "ok", unicodeGlyphs)), 7);
      assert.equal(cellsOfLine(bar(ratio, 7, "ok", asciiGlyphs)), 7);
    }
  });
});

describe("fillTone", () => {
  it("warns before it is full", () => {
    assert.deepEqual([0.5, 0.8, 0.95].map(fillTone), ["ok", "warn", "bad"]);
  });
});
