import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { matches, parseFilter } from "../../tui/filter.ts";

describe("a filter", () => {
  const found = (typed: string, ...texts: readonly string[]) =>
    texts.filter((text) => matches(parseFilter(typed), text));

  it("finds a part of the text, whatever its case", () => {
    assert.deepEqual(found("WEB", "web1", "db1"), ["web1"]);
  });

  it("finds by regular expression", () => {
    assert.deepEqual(found("^web[12]$", "web1", "web3", "xweb1"), ["web1"]);
  });

  it("finds the others after an exclamation mark", () => {
    assert.deepEqual(found("!web", "web1", "db1"), ["db1"]);
    assert.deepEqual(found("!^w.b", "web1", "db1"), ["db1"]);
  });

  it("takes what is no regular expression yet as plain text", () => {
    assert.deepEqual(found("web(", "web1", "web(1)"), ["web(1)"]);
  });

  it("finds everything where nothing is asked for", () => {
    assert.deepEqual(found("", "web1"), ["web1"]);
    assert.deepEqual(found("!", "web1"), ["web1"]);
  });
});
