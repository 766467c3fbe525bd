import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { layOut, widest, type Column } from "../../../tui/view/columns.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { span, textOf } from "../../../tui/view/line.ts";

type Row = readonly [name: string, size: string, note: string];

const columns: readonly Column<Row>[] = [
  { title: "NAME", cells: 5, grows: false, drop: 0, align: "left", cell: ([name]) => [span(name)] },
  { title: "SIZE", cells: 4, grows: false, drop: 2, align: "right", cell: ([, size]) => [span(size)] },
  { title: "NOTE", cells: 6, grows: true, drop: 1, align: "left", cell: ([, , note]) => [span(note)] },
];
const row: Row = ["web1", "2", "a rather long note"];

describe("layOut", () => {
  const shown = (cells: number) => {
    const table = layOut(columns, cells, unicodeGlyphs);
    return [textOf(table.headings), textOf(table.lineOf(row, 0))];
  };

  it("gives what is left to the column that grows", () => {
    assert.deepEqual(shown(34), ["NAME   SIZE  NOTE                 ", "web1      2  a rather long note   "]);
  });

  it("drops the least important column first, then the next", () => {
    assert.deepEqual(shown(16), ["NAME   NOTE     ", "web1   a rather…"]);
    assert.deepEqual(shown(12), ["NAME ", "web1 "]);
  });

  it("keeps what must stay, even where it does not fit", () => {
    assert.deepEqual(shown(2), ["NAME ", "web1 "]);
  });
});

describe("widest", () => {
  it("stays between its bounds", () => {
    assert.equal(widest(["ab", "abcd"], 3, 8), 4);
    assert.equal(widest([], 3, 8), 3);
    assert.equal(widest(["abcdefghij"], 3, 8), 8);
  });
});
