import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import {
  cursorAtEnd,
  cursorAtStart,
  move,
  settle,
  type Cursor,
  type Motion,
  type Shape,
} from "../../tui/cursor.ts";

const list = (keys: readonly (string | null)[], rows: number): Shape => ({ keys, rows, scrolls: "list" });
const names = (count: number) => Array.from({ length: count }, (_, index) => `VM/${String(index)}`);
const press = (cursor: Cursor, shapes: readonly Shape[], ...motions: readonly Motion[]) =>
  motions.reduce((now, motion) => move(now, motion, shapes), cursor);

describe("the cursor in a list", () => {
  const shapes = [list(names(10), 4)];

  it("begins on the first line that takes one", () => {
    assert.equal(settle(cursorAtStart, shapes).key, "VM/0");
    assert.equal(settle(cursorAtStart, [list([null, null, "a"], 4)]).key, "a");
  });

  it("moves by a line, and scrolls only when it has to", () => {
    const cursor = press(cursorAtStart, shapes, "down", "down", "down");
    assert.deepEqual([cursor.key, cursor.top], ["VM/3", 0]);
    const further = press(cursor, shapes, "down");
    assert.deepEqual([further.key, further.top], ["VM/4", 1]);
    const back = press(further, shapes, "up");
    assert.deepEqual([back.key, back.top], ["VM/3", 1]);
  });

  it("moves by a page that keeps one line of the last", () => {
    const cursor = press(cursorAtStart, shapes, "page-down");
    assert.deepEqual([cursor.key, cursor.top], ["VM/3", 0]);
    assert.equal(press(cursor, shapes, "page-down", "page-down", "page-down").key, "VM/9");
    assert.equal(press(cursor, shapes, "page-up").key, "VM/0");
  });

  it("goes to the first and to the last line", () => {
    const last = press(cursorAtStart, shapes, "last");
    assert.deepEqual([last.key, last.top], ["VM/9", 6]);
    assert.equal(press(last, shapes, "first").key, "VM/0");
  });

  it("stops at either end", () => {
    assert.equal(press(cursorAtStart, shapes, "up").key, "VM/0");
    assert.equal(press(cursorAtStart, shapes, "last", "down").key, "VM/9");
  });

  it("skips lines that take none, and shows those before the first and after the last", () => {
    const shape = list([null, "a", null, "b", "c", null], 3);
    assert.equal(press(cursorAtStart, [shape], "down").key, "b");
    assert.equal(press(cursorAtStart, [shape], "last").top, 3);
    assert.deepEqual(press(cursorAtStart, [shape], "last", "first"), {
      key: "a",
      panel: 0,
      index: 1,
      top: 0,
    });
  });
});

describe("the cursor while rows come and go", () => {
  it("stays with its line", () => {
    const before = press(cursorAtStart, [list(names(10), 4)], "down", "down");
    const after = settle(before, [list(["VM/new", ...names(10)], 4)]);
    assert.deepEqual([after.key, after.index], ["VM/2", 3]);
  });

  it("takes the next line where its own is gone, the last one at the end", () => {
    const before = press(cursorAtStart, [list(["a", "b", "c"], 4)], "down");
    assert.equal(settle(before, [list(["a", "c"], 4)]).key, "c");
    assert.equal(settle(press(before, [list(["a", "b", "c"], 4)], "down"), [list(["a", "b"], 4)]).key, "b");
  });

  it("is nowhere where there is nothing, and somewhere again afterwards", () => {
    const nowhere = settle(cursorAtStart, [list([], 4)]);
    assert.equal(nowhere.key, null);
    assert.equal(settle(nowhere, [list(["a"], 4)]).key, "a");
    assert.deepEqual(settle(cursorAtStart, []), cursorAtStart);
  });
});

describe("the cursor in two panels", () => {
  const shapes = [list(["Node/a", "Node/b"], 2), list(names(5), 3)];

  it("goes from one into the other as if they were one list", () => {
    const second = press(cursorAtStart, shapes, "down", "down");
    assert.deepEqual([second.panel, second.key], [1, "VM/0"]);
    assert.equal(press(second, shapes, "up").key, "Node/b");
  });

  it("jumps to the other one and back", () => {
    assert.equal(press(cursorAtStart, shapes, "next-panel").key, "VM/0");
    assert.equal(press(cursorAtStart, shapes, "next-panel", "next-panel").key, "Node/a");
  });

  it("knows the first and last line of both", () => {
    assert.equal(press(cursorAtStart, shapes, "last").key, "VM/4");
    assert.equal(press(cursorAtStart, shapes, "last", "first").key, "Node/a");
  });

  it("enters the other one where the first is empty", () => {
    assert.equal(settle(cursorAtStart, [list([], 2), list(["VM/0"], 3)]).key, "VM/0");
  });
});

describe("a text", () => {
  const text = (length: number): readonly Shape[] => [
    { keys: Array<null>(length).fill(null), rows: 5, scrolls: "text" },
  ];

  it("moves itself instead of a cursor, and stops at its ends", () => {
    const shapes = text(12);
    assert.equal(press(cursorAtStart, shapes, "down", "down").top, 2);
    assert.equal(press(cursorAtStart, shapes, "page-down").top, 4);
    assert.equal(press(cursorAtStart, shapes, "up").top, 0);
    assert.equal(settle(press(cursorAtStart, shapes, "page-down", "page-down", "page-down"), shapes).top, 7);
  });

  it("stays at its end while it grows, until it is scrolled", () => {
    assert.equal(settle(cursorAtEnd, text(12)).top, 7);
    assert.equal(settle(cursorAtEnd, text(20)).top, 15);
    const scrolled = press(cursorAtEnd, text(20), "up");
    assert.equal(settle(scrolled, text(30)).top, 14);
    assert.equal(settle(press(scrolled, text(20), "last"), text(30)).top, 25);
  });
});

describe("the cursor, whatever is pressed", () => {
  const motion = fc.constantFrom<Motion>("up", "down", "page-up", "page-down", "first", "last", "next-panel");
  const shape = fc.record({
    keys: fc
      .array(fc.boolean(), { maxLength: 30 })
      .map((takes) => takes.map((does, index) => (does ? `key${String(index)}` : null))),
    rows: fc.integer({ min: 1, max: 10 }),
    scrolls: fc.constant("list" as const),
  });

  it("is in sight, on a line that takes it", () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 2 }),
        fc.array(motion, { maxLength: 30 }),
        (shapes, motions) => {
          const cursor = settle(press(cursorAtStart, shapes, ...motions), shapes);
          const panel = shapes[cursor.panel];
          if (cursor.key === null) return shapes.every(({ keys }) => keys.every((key) => key === null));
          assert.ok(panel);
          const isInSight = cursor.index >= cursor.top && cursor.index < cursor.top + panel.rows;
          return isInSight && panel.keys[cursor.index] === cursor.key;
        },
      ),
    );
  });
});
