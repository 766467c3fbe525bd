import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesIn, paragraph, placeOf, sections } from "../../../cli/output/layout.ts";
import { span, textOf } from "../../../tui/view/line.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";

const layout = { cells: 40, glyphs: unicodeGlyphs, directoryName: "cluster.d/", detail: false };

describe("namesIn", () => {
  const names = ["web1", "web2", "web3", "web4", "web10"];

  it("names all where there is room", () => {
    assert.equal(namesIn(names, 40, unicodeGlyphs), "web1, web2, web3, web4, web10");
  });

  it("leaves out those before the last, and stays within its cells", () => {
    assert.equal(namesIn(names, 22, unicodeGlyphs), "web1, web2, … web10");
    for (let cells = 5; cells < 40; cells++) assert.ok(namesIn(names, cells, unicodeGlyphs).length <= cells);
  });
});

describe("paragraph", () => {
  it("keeps its indent in every line", () => {
    const lines = paragraph(4, "a word and another word and one more word", "plain", layout).map(textOf);
    assert.deepEqual(lines, ["    a word and another word and one more", "    word"]);
  });
});

describe("placeOf", () => {
  it("leads to the file from where the user stands", () => {
    assert.equal(placeOf({ file: "vms/web.yaml", line: 12 }, layout), "cluster.d/vms/web.yaml:12");
  });
});

describe("sections", () => {
  it("leaves an empty line between blocks, and no trace of empty ones", () => {
    const line = [span("x")];
    assert.deepEqual(sections([[], [line], [], [line, line]]).map(textOf), ["x", "", "x", "x"]);
  });
});
