import XMLBuilder from "fast-xml-builder";

import { escapedAttribute, escapedText } from "./references.ts";
import type { XmlElement, XmlNode } from "./xml-element.ts";

const builder = new XMLBuilder({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  processEntities: false,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

/** The element as text: without a declaration, elements that hold only elements one to a line. */
export function writeXml(root: XmlElement): string {
  return `${builder.build([entry(root, 0)]).trim()}\n`;
}

function entry(node: XmlElement, depth: number): Readonly<Record<string, unknown>> {
  const attributes = [...node.attributes].map(([key, value]) => [key, escapedAttribute(value)] as const);
  return {
    [node.name]: content(node.children, depth),
    ...(attributes.length === 0 ? {} : { ":@": Object.fromEntries(attributes) }),
  };
}

/** Space between elements is laid out anew; text beside elements is kept to the character. */
function content(children: readonly XmlNode[], depth: number): readonly Readonly<Record<string, unknown>>[] {
  const isText = children.some((one) => typeof one === "string" && one.trim() !== "");
  const hasElements = children.some((one) => typeof one !== "string");
  if (isText || !hasElements) {
    return children.map((one) =>
      typeof one === "string" ? { "#text": escapedText(one) } : entry(one, depth + 1),
    );
  }
  const indented = children.flatMap((one) =>
    typeof one === "string" ? [] : [{ "#text": `\n${"  ".repeat(depth + 1)}` }, entry(one, depth + 1)],
  );
  return [...indented, { "#text": `\n${"  ".repeat(depth)}` }];
}
