import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { textDiff } from "../../../cli/output/text-diff.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

function shown(before: string | null, after: string | null): string[] {
  return textDiff("a.yaml", before, after).map((line) => line.map(({ text }) => text).join(""));
}

describe("textDiff", () => {
  it("shows runs of differences with three lines around each", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${String(index + 1)}`);
    const changed = lines.map((line, index) => (index === 1 || index === 15 ? `${line}!` : line));
    assert.deepEqual(shown(`${lines.join("\n")}\n`, `${changed.join("\n")}\n`), [
      "--- a.yaml",
      "+++ a.yaml",
      "@@ -1,5 +1,5 @@",
      ...[" line 1", "-line 2", "+line 2!", " line 3", " line 4", " line 5"],
      "@@ -13,7 +13,7 @@",
      ...[" line 13", " line 14", " line 15", "-line 16", "+line 16!", " line 17", " line 18", " line 19"],
    ]);
  });

  it("says what comes and what goes as a whole", () => {
    assert.deepEqual(shown(null, "a\nb\n"), ["--- /dev/null", "+++ a.yaml", "@@ -0,0 +1,2 @@", "+a", "+b"]);
    assert.deepEqual(shown("a\n", null), ["--- a.yaml", "+++ /dev/null", "@@ -1,1 +0,0 @@", "-a"]);
  });

  it("leads from the one text to the other, whatever they are", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const text = () =>
        Array.from({ length: random.below(30) }, () => `${random.oneOf(["a", "b", "c"])}\n`).join("");
      const [before, after] = [text(), text()];
      const body = shown(before, after).slice(2);
      const kept = (signs: string) => body.filter((line) => signs.includes(line[0] ?? "@"));
      const removed = kept("-").length - kept("+").length;
      assert.equal(removed, before.length / 2 - after.length / 2, `seed ${String(seed)}`);
    }
  });
});
