import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FoundDomain, leftOver } from "../../cli/import-sources.ts";

const domain = (node: string, uuid: string, running: boolean): FoundDomain => ({
  node,
  stranger: { name: "web", uuid, running },
});

describe("leftOver", () => {
  it("is a definition of what runs on another node, and nothing else", () => {
    const [source, target] = [domain("hv1", "a", false), domain("hv2", "a", true)];
    const other = domain("hv1", "b", false);
    assert.deepEqual([...leftOver([source, target, other])], [[source, "hv2"]]);
    assert.deepEqual([...leftOver([target, source])], [[source, "hv2"]]);
  });

  it("is none of two that run, nor of two that are off: which one is meant, nobody can tell", () => {
    for (const running of [true, false]) {
      const both = ["hv1", "hv2"].map((node) => domain(node, "a", running));
      assert.equal(leftOver(both).size, 0);
    }
  });
});
