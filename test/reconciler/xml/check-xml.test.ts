import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { checkXml, xmlLimits } from "../../../reconciler/xml/check-xml.ts";

/** The text with what is marked between two bars. */
function marked(text: string): string | null {
  const problem = checkXml(text);
  if (problem === null) return null;
  const { start, end } = problem;
  return `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
}

describe("checkXml", () => {
  it("has nothing to say about what is well-formed", () => {
    const good = [
      "<a/>",
      "\ufeff<?xml version='1.0'?>\n<!-- before --><a b='1' c=\"'\" ><b>x</b ><![CDATA[<&]]></a>\n<!-- after -->",
      "<a>&amp;&lt;&gt;&quot;&apos;&#65;&#x41;</a>",
      "<q:a xmlns:q='urn:q' q:b='1' xml:lang='en'><q:c/></q:a>",
      "<größe/>",
    ];
    assert.deepEqual(
      good.map(checkXml),
      good.map(() => null),
    );
  });

  it("marks the first thing that is wrong", () => {
    const marks = {
      "": "||",
      "<a>": "|<a|>",
      "<a><b></a>": "<a><b>|</a>|",
      "</a>": "|</a>|",
      "<a/><b/>": "<a/>|<b|/>",
      "x<a/>": "|x|<a/>",
      "<a/>x": "<a/>|x|",
      "<a b=1/>": "<a |b|=1/>",
      "<a b/>": "<a |b|/>",
      "<a b='1' b='2'/>": "<a b='1' |b|='2'/>",
      "<a b='1/>": "<a b=|'|1/>",
      "<a b='1><c d='2'/></a>": "<a b=|'|1><c d='2'/></a>",
      "<a b='1'c='2'/>": "<a b='1'|c|='2'/>",
      "<a>&</a>": "<a>|&|</a>",
      "<a>&nbsp;</a>": "<a>|&nbsp;|</a>",
      "<a b='&x'/>": "<a b='|&x|'/>",
      "<a>&#0;</a>": "<a>|&#0;|</a>",
      "<a>1 < 2</a>": "<a>1 |<| 2</a>",
      "<a>]]></a>": "<a>|]]>|</a>",
      "<a><!-- </a>": "<a>|<!--| </a>",
      "<a><!-- -- --></a>": "<a><!-- |--| --></a>",
      "<a><![CDATA[</a>": "<a>|<![CDATA[|</a>",
      "<!DOCTYPE a><a/>": "|<!DOCTYPE| a><a/>",
      " <?xml version='1.0'?><a/>": " |<?xml| version='1.0'?><a/>",
      "<a/><?xml version='1.0'?>": "<a/>|<?xml| version='1.0'?>",
      "<a><q:b/></a>": "<a><|q:b|/></a>",
      "<a>\u0001</a>": "<a>|\u0001|</a>",
      "<constructor/>": "<|constructor|/>",
    };
    const found = Object.fromEntries(Object.keys(marks).map((text) => [text, marked(text)]));
    assert.deepEqual(found, marks);
  });

  it("has limits on length, depth and number", () => {
    const deep = "<a>".repeat(xmlLimits.depth + 1) + "</a>".repeat(xmlLimits.depth + 1);
    assert.match(checkXml(deep)?.message ?? "", /nested deeper/);
    const many = `<a>${"<b/>".repeat(xmlLimits.elements)}</a>`;
    assert.match(checkXml(many)?.message ?? "", /more than .* elements/);
    const long = `<a>${" ".repeat(xmlLimits.length)}</a>`;
    assert.match(checkXml(long)?.message ?? "", /more than .* characters/);
  });

  it("names the line of the element that is still open", () => {
    assert.equal(checkXml("<a>\n<b>\n</a>")?.message, "</a> where <b> of line 2 is to be closed");
  });
});
