import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { eventsPanel } from "../../../tui/screens/events.ts";
import { unicodeGlyphs } from "../../../tui/view/glyphs.ts";
import { textOf } from "../../../tui/view/line.ts";
import { eventReport, now } from "../fixture.ts";

describe("eventsPanel", () => {
  const canvas = { cells: 100, glyphs: unicodeGlyphs };
  const hour = 3_600_000;
  const lines = (...ages: readonly number[]) => {
    const panel = eventsPanel(
      ages.map((age) => eventReport("VM/web1", { at: now - age })),
      "",
      canvas,
    );
    return ages.map((_, index) => textOf(panel.lineAt(index, now)).slice(0, 11));
  };

  it("shows the seconds of today, and the date of other days", () => {
    assert.deepEqual(lines(0, hour), ["04:30:00  ·", "03:30:00  ·"]);
    assert.deepEqual(lines(0, 48 * hour), ["04:30:00   ", "11-19 04:30"]);
  });

  it("counts what needs a look, whatever the filter", () => {
    const events = [
      eventReport("VM/a", { level: "alarm" }),
      eventReport("VM/b", { level: "warning" }),
      eventReport("VM/c"),
    ];
    const panel = eventsPanel(events, "VM/c", canvas);
    assert.equal(textOf(panel.aside), "1 alarm  1 warning");
    assert.equal(panel.keys.length, 1);
  });

  it("tells an empty list from a filter that finds nothing", () => {
    assert.deepEqual(eventsPanel([], "", canvas).empty, ["Nothing has happened yet."]);
    assert.deepEqual(eventsPanel([eventReport("VM/a")], "x", canvas).empty, ["No event matches the filter."]);
  });
});
