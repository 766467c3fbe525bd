import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";
import { parse } from "yaml";

import { documentYaml, inlineYaml, scalarYaml } from "../../../../reconciler/desired/yaml/write-yaml.ts";

describe("scalarYaml", () => {
  for (const plain of [
    "web1",
    "4GiB",
    "5%",
    "10.0.0.11",
    "/srv/vms",
    "switch swap",
    "2026-11-21T06:00:00Z",
    "on-failure",
  ]) {
    it(`writes ${plain} without quotes`, () => {
      assert.equal(scalarYaml(plain), plain);
    });
  }

  for (const quoted of [
    "",
    "on",
    "No",
    "true",
    "null",
    "~",
    "10",
    "010",
    "1e3",
    "0x1F",
    "1_000",
    "0._",
    ".5_",
    "1_0e3",
    "52:54:00:12:34:56",
    "a: b",
    "a #b",
    "- a",
    "*a",
    "&a",
    "[a",
    "{a",
    "a, b",
    " a",
    "a\nb",
    "=",
    "<<",
  ]) {
    it(`puts ${JSON.stringify(quoted)} in quotes`, () => {
      assert.equal(scalarYaml(quoted), JSON.stringify(quoted));
    });
  }
});

describe("inlineYaml", () => {
  it("is read back as the same value, by YAML 1.2 and by YAML 1.1", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = `key: ${inlineYaml(value)}\n`;
        const wanted: unknown = JSON.parse(JSON.stringify({ key: value }));
        assert.deepEqual(parse(text), wanted);
      }),
    );
  });

  it("means the same text to readers of YAML 1.1", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 6, unit: fc.constantFrom(...Array.from("0123456789:_.-+eoxnyfs ")) }),
        (value) => {
          // This reader takes e0 for a number, which YAML 1.1 does not.
          fc.pre(!/^[-+]?e/u.test(value));
          assert.deepEqual(parse(`[${inlineYaml(value)}]`, { version: "1.1" }), [value]);
        },
      ),
    );
  });
});

describe("documentYaml", () => {
  it("writes a field a line, short lists inline and lists of maps below each other", () => {
    const document = {
      kind: "VM",
      name: "web1",
      memory: "2GiB",
      limits: ["hv1", "hv2"],
      nics: [{ name: "eth0", network: "servers" }],
      tags: [],
    };
    assert.equal(
      documentYaml(document, "\n"),
      [
        "kind: VM",
        "name: web1",
        "memory: 2GiB",
        "limits: [hv1, hv2]",
        "nics:",
        "  - { name: eth0, network: servers }",
        "tags: []",
        "",
      ].join("\n"),
    );
  });
});
