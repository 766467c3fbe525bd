import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Linter } from "eslint";

import { cognitiveComplexity } from "../../../scripts/lint/cognitive-complexity.ts";

const ifs = (count: number) => "if (a) b();\n".repeat(count);

describe("cognitiveComplexity", () => {
  it("lets a function branch fifteen times, and no more", () => {
    assert.deepEqual(complaints(`function f() { ${ifs(15)} }`), []);
    assert.deepEqual(complaints(`function f() { ${ifs(16)} }`), [
      "This function has a cognitive complexity of 16; 15 is the limit.",
    ]);
  });

  it("counts what stands in other branches more", () => {
    const nested = "for (;;) { while (a) { if (b) { c ? d() : e(); } } }"; // 1 + 2 + 3 + 4
    assert.equal(costBeyondLimit(nested), 10);
  });

  it("counts a chain of else once each", () => {
    assert.equal(costBeyondLimit("if (a) b(); else if (c) d(); else e();"), 3);
  });

  it("counts a switch once, however many cases it has", () => {
    assert.equal(costBeyondLimit("switch (a) { case 1: b(); case 2: c(); default: d(); }"), 1);
  });

  it("counts a run of one operator once, and filling in defaults not at all", () => {
    assert.equal(costBeyondLimit("x = a && b && c && d;"), 1);
    assert.equal(costBeyondLimit("x = a && b || c && d;"), 3);
    assert.equal(costBeyondLimit("x = a?.b ?? c?.d ?? e;"), 0);
  });

  it("counts catch and jumps to a label", () => {
    assert.equal(costBeyondLimit("out: for (;;) { try { continue out; } catch { break; } }"), 4);
  });

  it("measures a function within a function by itself", () => {
    assert.deepEqual(complaints(`function f() { ${ifs(10)} g(() => { ${ifs(10)} }); }`), []);
  });
});

/** What a piece of code costs, seen from a function that is at the limit without it. */
function costBeyondLimit(code: string): number {
  const [complaint = ""] = complaints(`function f() { ${ifs(15)} ${code} }`);
  return complaint === "" ? 0 : Number(/of (\d+);/u.exec(complaint)?.[1]) - 15;
}

function complaints(code: string): readonly string[] {
  const messages = new Linter().verify(code, {
    plugins: { keel: { rules: { "cognitive-complexity": cognitiveComplexity } } },
    rules: { "keel/cognitive-complexity": "error" },
  });
  return messages.map(({ message }) => message);
}
