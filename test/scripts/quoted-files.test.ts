import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { requote } from "../../scripts/quoted-files.ts";

describe("requote", () => {
  const read = (path: string) => `content of ${path}\n`;

  it("renews a block that names its file, whatever stood in it", () => {
    const text = "before\n\n<!-- from a/b.txt -->\n\n```text\nold\n\nlines\n```\n\nafter\n";
    assert.equal(
      requote(text, read),
      "before\n\n<!-- from a/b.txt -->\n\n```text\ncontent of a/b.txt\n```\n\nafter\n",
    );
  });

  it("fills an empty block, and each one with its own file", () => {
    const text = "<!-- from a -->\n\n```\n```\n\n<!-- from b -->\n\n```\n```\n";
    assert.equal(
      requote(text, read),
      "<!-- from a -->\n\n```\ncontent of a\n```\n\n<!-- from b -->\n\n```\ncontent of b\n```\n",
    );
  });

  it("leaves other blocks alone", () => {
    const text = "<!-- a note -->\n\n```\nx\n```\n";
    assert.equal(requote(text, read), text);
  });
});
