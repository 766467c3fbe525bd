import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { placePanels, shapesOf } from "../../tui/layout.ts";
import type { Panel } from "../../tui/view/panel.ts";

const panel = (length: number): Panel => ({
  title: "X",
  aside: [],
  headings: [],
  keys: Array.from({ length }, (_, index) => String(index)),
  scrolls: "list",
  lineAt: () => [],
  empty: [],
});

describe("placePanels", () => {
  const rows = (panels: readonly Panel[], height: number) =>
    placePanels(panels, height).map((placed) => placed.rows);

  it("gives one panel everything but title and headings", () => {
    assert.deepEqual(rows([panel(100)], 20), [18]);
  });

  it("gives the upper of two what it needs, up to two fifths", () => {
    assert.deepEqual(rows([panel(3), panel(100)], 20), [3, 13]);
    assert.deepEqual(rows([panel(100), panel(100)], 20), [6, 10]);
  });

  it("gives everything to the lower one where there is little", () => {
    assert.deepEqual(rows([panel(3), panel(100)], 6), [0, 4]);
    const [upper] = shapesOf(placePanels([panel(3), panel(100)], 6));
    assert.deepEqual(upper?.keys, []);
  });

  it("leaves out headings, then the title, before the last line", () => {
    const [small] = placePanels([panel(9)], 3);
    assert.deepEqual([small?.rows, small?.hasTitle, small?.hasHeadings], [2, true, false]);
    const [least] = placePanels([panel(9)], 1);
    assert.deepEqual([least?.rows, least?.hasTitle, least?.hasHeadings], [1, false, false]);
  });

  it("uses every line and no more", () => {
    for (let height = 1; height < 60; height += 1) {
      const placed = placePanels([panel(7), panel(100)], height);
      const used = placed.reduce(
        (sum, one) => sum + one.rows + Number(one.hasTitle) + Number(one.hasHeadings),
        0,
      );
      assert.equal(used, height);
    }
  });
});
