import { XMLParser } from "fast-xml-parser";

import { checkXml, xmlLimits, type XmlProblem } from "./check-xml.ts";
import { withoutReferences } from "./references.ts";
import type { XmlElement, XmlNode } from "./xml-element.ts";

export type XmlReading =
  { readonly ok: true; readonly root: XmlElement } | { readonly ok: false; readonly problem: XmlProblem };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // References are read here, on both sides alike: the parser would not know those by number.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  cdataPropName: "#cdata",
  captureMetaData: true,
  onDangerousProperty: (name) => name,
  maxNestedTags: xmlLimits.depth + 1,
});
const metaData = XMLParser.getMetaDataSymbol();

/** The one element of a text, or what is wrong with it. */
export function readXml(text: string): XmlReading {
  const problem = checkXml(text);
  if (problem !== null) return { ok: false, problem };
  const parsed: unknown = parser.parse(text);
  const root = nodes(parsed, text).find((node) => typeof node !== "string");
  if (root === undefined) throw new Error("a well-formed text has an element");
  return { ok: true, root };
}

function nodes(parsed: unknown, text: string): readonly XmlNode[] {
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((entry: unknown): readonly XmlNode[] => {
    if (!isRecord(entry)) return [];
    const name = Object.keys(entry).find((key) => key !== ":@");
    if (name === undefined) return [];
    if (name === "#text") return [withoutReferences(String(entry[name]))];
    if (name === "#cdata") return [characters(entry[name])];
    return [
      {
        name,
        attributes: attributesOf(entry[":@"]),
        children: nodes(entry[name], text),
        start: startOf(entry),
      },
    ];
  });
}

function characters(section: unknown): string {
  const parts: readonly unknown[] = Array.isArray(section) ? section : [];
  return parts.map((part) => (isRecord(part) ? String(part["#text"]) : "")).join("");
}

function attributesOf(parsed: unknown): ReadonlyMap<string, string> {
  if (!isRecord(parsed)) return new Map();
  return new Map(Object.entries(parsed).map(([key, value]) => [key, normalized(String(value))]));
}

/** An attribute's line ends and tabs are spaces, unless they are written as references. */
function normalized(value: string): string {
  return withoutReferences(value.replace(/\r\n|[\t\r\n]/g, " "));
}

function startOf(entry: Readonly<Record<string | symbol, unknown>>): number | null {
  const key = Object.getOwnPropertySymbols(entry).find((symbol) => symbol === metaData);
  const meta = key === undefined ? undefined : entry[key];
  const start = isRecord(meta) ? meta["startIndex"] : undefined;
  return typeof start === "number" ? start : null;
}

function isRecord(value: unknown): value is Readonly<Record<string | symbol, unknown>> {
  return typeof value === "object" && value !== null;
}
