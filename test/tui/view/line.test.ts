import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { edges, fitLine, joinLines, sameLine, span, textOf } from "../../../tui/view/line.ts";

describe("fitLine", () => {
  const line = [span("web1 ", "title"), span("running", "ok")];

  it("pads at the end, or at the beginning", () => {
    assert.equal(textOf(fitLine(line, 14, "…")), "web1 running  ");
    assert.equal(textOf(fitLine(line, 14, "…", "right")), "  web1 running");
  });

  it("cuts with an ellipsis, and keeps the tone of what it cut", () => {
    const cut = fitLine(line, 8, "…");
    assert.equal(textOf(cut), "web1 ru…");
    assert.equal(cut.at(-1)?.tone, "ok");
  });

  it("cuts exactly between two spans", () => {
    assert.equal(textOf(fitLine(line, 6, "…")), "web1 …");
    assert.equal(textOf(fitLine(line, 5, "…")), "web1…");
  });

  it("fills the cell that half a wide character leaves", () => {
    assert.equal(textOf(fitLine([span("日本語")], 4, "…")), "日… ");
  });
});

describe("edges", () => {
  it("puts two parts at the two ends, the left one giving way", () => {
    assert.equal(textOf(edges([span("left")], [span("right")], 20, "…")), "left           right");
    assert.equal(textOf(edges([span("a long left part")], [span("right")], 20, "…")), "a long left …  right");
  });

  it("leaves the right part out where there is no room for both", () => {
    assert.equal(textOf(edges([span("left")], [span("right part")], 16, "…")), "left            ");
  });
});

describe("joinLines", () => {
  it("separates only what is there", () => {
    assert.equal(textOf(joinLines([[span("a")], [], [span("b")]], span(" | "))), "a | b");
  });
});

describe("sameLine", () => {
  it("compares text and tone", () => {
    assert.ok(sameLine([span("a", "ok")], [span("a", "ok")]));
    assert.ok(!sameLine([span("a", "ok")], [span("a", "bad")]));
    assert.ok(!sameLine([span("a")], [span("a"), span("b")]));
  });
});
