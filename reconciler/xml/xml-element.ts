/** An element with what is in it, in order. Comments are no part of it. */
export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  /** In the order in which they were written; values without references. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** Where its `<` is in the text that it was read from; null: it was made. */
  readonly start: number | null;
}

export type XmlNode = XmlElement | string;

type Attributes = Readonly<Record<string, string | number | null>>;

/** A made element. Attributes of the value null are left out; so are children that are null. */
export function element(
  name: string,
  attributes: Attributes = {},
  children: readonly (XmlNode | null)[] = [],
): XmlElement {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [[key, String(value)] as const],
  );
  const kept = children.filter((child) => child !== null);
  return { name, attributes: new Map(given), children: kept, start: null };
}

export function elementsOf(parent: XmlElement | undefined): readonly XmlElement[] {
  return parent?.children.filter((child) => typeof child !== "string") ?? [];
}

export function childrenNamed(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return elementsOf(parent).filter((child) => child.name === name);
}

/** The first of that name. */
export function child(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return elementsOf(parent).find((one) => one.name === name);
}

/** All text in it, its elements' not counted. */
export function textOf(of: XmlElement | undefined): string {
  return (of?.children.filter((one) => typeof one === "string") ?? []).join("");
}

export function attribute(of: XmlElement | undefined, name: string): string | null {
  return of?.attributes.get(name) ?? null;
}

/** The same element with other children. */
export function withChildren(of: XmlElement, children: readonly XmlNode[]): XmlElement {
  return { ...of, children };
}

/** The same element with some attributes set, or taken away by null. */
export function withAttributes(of: XmlElement, changes: Attributes): XmlElement {
  const attributes = new Map(of.attributes);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) attributes.delete(key);
    else attributes.set(key, String(value));
  }
  return { ...of, attributes };
}

/** The namespace that a name's prefix stands for, given the elements around it, the outermost first. */
export function namespaceOf(name: string, within: readonly XmlElement[]): string | null {
  const { prefix } = splitName(name);
  const key = prefix === "" ? "xmlns" : `xmlns:${prefix}`;
  return within.findLast((one) => one.attributes.has(key))?.attributes.get(key) ?? null;
}

export function splitName(name: string): { readonly prefix: string; readonly local: string } {
  const colon = name.indexOf(":");
  return colon === -1
    ? { prefix: "", local: name }
    : { prefix: name.slice(0, colon), local: name.slice(colon + 1) };
}
