import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tableOf } from "../../../cli/output/table.ts";
import { span, textOf } from "../../../tui/view/line.ts";

const rows = [
  { name: "a", size: 5 },
  { name: "web-frontend", size: 12345 },
];

describe("tableOf", () => {
  it("is as wide as what is in it", () => {
    const lines = tableOf(
      [
        { title: "NAME", cell: ({ name }) => [span(name)] },
        { title: "SIZE", align: "right", cell: ({ size }) => [span(String(size))] },
      ],
      rows,
    );
    assert.deepEqual(lines.map(textOf), [
      "NAME           SIZE",
      "a                 5",
      "web-frontend  12345",
    ]);
  });

  it("fills empty cells, so that the columns behind them stay in place", () => {
    const lines = tableOf(
      [
        { title: "A", cell: () => [] },
        { title: "B", cell: () => [span("b")] },
      ],
      [{}],
    );
    assert.deepEqual(lines.map(textOf), ["A  B", "-  b"]);
  });

  it("counts cells, not characters", () => {
    const lines = tableOf(
      [
        { title: "NOTE", cell: () => [span("→ 機")] },
        { title: "B", cell: () => [span("b")] },
      ],
      [{}],
    );
    assert.deepEqual(lines.map(textOf), ["NOTE  B", "→ 機  b"]);
  });

  it("lets nothing through that would steer the terminal", () => {
    const lines = tableOf([{ title: "A", cell: () => [span("x\u001B[2J\ny")] }], [{}]);
    assert.equal(textOf(lines[1] ?? []), "x y");
  });
});
