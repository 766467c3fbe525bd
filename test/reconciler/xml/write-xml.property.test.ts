import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { checkXml } from "../../../reconciler/xml/check-xml.ts";
import { readXml } from "../../../reconciler/xml/read-xml.ts";
import { writeXml } from "../../../reconciler/xml/write-xml.ts";
import { element, type XmlElement, type XmlNode } from "../../../reconciler/xml/xml-element.ts";

const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,6}$/)
  .filter((text) => text !== "constructor" && text !== "prototype");
const text = fc.string({
  unit: fc.constantFrom("a", "&", "<", ">", '"', "'", "\n", "\t", "\r", " ", "é", "😀", "]]>", "&amp;"),
  maxLength: 8,
});
const attributes = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true });

const { tree } = fc.letrec<{ tree: XmlElement }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc
      .tuple(name, attributes, text)
      .map(([of, with_, content]) => element(of, with_, content === "" ? [] : [content])),
    fc
      .tuple(name, attributes, fc.array(tie("tree"), { maxLength: 4 }))
      .map(([of, with_, children]) => element(of, with_, children)),
  ),
}));

function withoutPlaces(node: XmlElement): unknown {
  const children = node.children.filter(
    (one: XmlNode) => typeof one !== "string" || one.trim() !== "" || node.children.length === 1,
  );
  return [
    node.name,
    [...node.attributes],
    children.map((one) => (typeof one === "string" ? one : withoutPlaces(one))),
  ];
}

describe("writeXml", () => {
  it("writes what is read back as the same", () => {
    fc.assert(
      fc.property(tree, (root) => {
        const reading = readXml(writeXml(root));
        assert.ok(reading.ok);
        assert.deepEqual(withoutPlaces(reading.root), withoutPlaces(root));
      }),
      { numRuns: 500 },
    );
  });

  it("never fails on what the check lets pass", () => {
    const pieces = fc.constantFrom(
      "<a",
      " b='1'",
      ' b="2"',
      ">",
      "/>",
      "</a>",
      "x",
      "&amp;",
      "&",
      "<!-- -->",
      "<![CDATA[",
      "]]>",
      "<?p ?>",
      "'",
      " ",
      "\n",
      "__proto__",
      "=",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const written = parts.join("");
        const reading = readXml(written);
        assert.equal(reading.ok, checkXml(written) === null);
        if (reading.ok) assert.ok(readXml(writeXml(reading.root)).ok);
      }),
      { numRuns: 3000 },
    );
  });
});
