import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";

/** A field of a map, as the parser has it. */
export type Entry = Pair<Node, Node | null>;

/** The text of a node, or of a field with its key: what has to go when it goes. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function keyOf(pair: Entry): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

/** Behind the anchor, where the node has one. */
export function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}

/** Where the text of a node ends; blank lines and comments after it are not part of it. */
export function endOf(text: string, node: Node): number {
  if (isBlockCollection(node)) {
    const last: unknown = node.items.at(-1);
    const value = isEntry(last) ? (last.value ?? last.key) : last;
    if (isNode(value)) return endOf(text, value);
  }
  const end = node.range?.[1] ?? 0;
  return end - (/[\r\n]+$/.exec(text.slice(0, end))?.[0].length ?? 0);
}

export function spansOfMap(text: string, map: YAMLMap<Node, Node | null>): readonly Span[] {
  return map.items.map(({ key, value }) => ({ start: startOf(key), end: endOf(text, value ?? key) }));
}

/** Of a list in block style, each with its dash. */
export function spansOfList(text: string, list: YAMLSeq<Node>): readonly Span[] {
  const dashes = list.flow === true ? [] : dashesOf(list);
  return list.items.map((item, index) => ({ start: dashes[index] ?? startOf(item), end: endOf(text, item) }));
}

/** The colon between key and value. */
export function colonOf(pair: Entry): number | undefined {
  return pair.srcToken?.sep?.find((token) => token.type === "map-value-ind")?.offset;
}

/** Spread over lines by indentation, without brackets. */
export function isBlockCollection(node: Node): node is YAMLMap | YAMLSeq {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

function dashesOf(list: YAMLSeq<Node>): readonly number[] {
  const token = list.srcToken;
  if (token?.type !== "block-seq") return [];
  return token.items.flatMap((item) => item.start.find((part) => part.type === "seq-item-ind")?.offset ?? []);
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && "key" in value && "value" in value;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
