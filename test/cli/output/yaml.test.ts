import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { yamlOf } from "../../../cli/output/yaml.ts";

describe("yamlOf", () => {
  it("quotes what readers of YAML 1.1 would not take for text", () => {
    assert.equal(
      yamlOf({ power: "off", mac: "52:54:00:12:34:56", plain: "running", at: 0 }),
      'power: "off"\nmac: "52:54:00:12:34:56"\nplain: running\nat: "1970-01-01T00:00:00Z"',
    );
  });

  it("keeps long lines whole", () => {
    const text = "word ".repeat(40).trim();
    assert.equal(yamlOf({ text }), `text: ${text}`);
  });
});
