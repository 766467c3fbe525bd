import { isAlias, isMap as isMapNode, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";

import { canonicalJson } from "../canonical-json.ts";
import { fieldYaml, inlineYaml, scalarYaml } from "../yaml/write-yaml.ts";
import { removeRuns } from "./flow-entries.ts";
import { isMap } from "./merge-patch.ts";
import {
  colonOf,
  endOf,
  isBlockCollection,
  keyOf,
  spansOfList,
  spansOfMap,
  startOf,
  type Entry,
  type Span,
} from "./node-places.ts";
import type { SourceText, Splice } from "./source-text.ts";

/** Thrown where a change can not be made in this text; the caller has coarser ways, or refuses. */
export class CannotRewrite extends Error {
  readonly reason: "alias" | "layout";
  constructor(reason: "alias" | "layout", message: string) {
    super(message);
    this.name = "CannotRewrite";
    this.reason = reason;
  }
}

/**
 * The smallest splices by which a value's text says something else. `before` is what it says now. `deep`: maps and
 * lists are gone into, entry by entry; else a field that differs is written anew as a whole.
 */
export class ValueRewriter {
  readonly splices: Splice[] = [];
  readonly #source: SourceText;
  readonly #deep: boolean;

  constructor(source: SourceText, deep: boolean) {
    this.#source = source;
    this.#deep = deep;
  }

  /** The fields of a document, or of a map below it. */
  map(
    node: YAMLMap<Node, Node | null>,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
  ): void {
    const added = Object.entries(after).filter(([key]) => !Object.hasOwn(before, key));
    const removed = node.items.map((pair) => !Object.hasOwn(after, keyOf(pair)));
    for (const [index, pair] of node.items.entries()) {
      const key = keyOf(pair);
      if (removed[index] !== true) this.#value(pair, before[key], after[key]);
    }
    if (node.flow === true) this.#flowMap(node, removed, added);
    else this.#blockMap(node, removed, added);
  }

  #value(pair: Entry, before: unknown, after: unknown): void {
    const node = pair.value;
    if (canonicalJson(before) === canonicalJson(after)) return;
    if (node === null) throw new CannotRewrite("layout", `${keyOf(pair)} has no text to change`);
    if (!this.#inside(node, before, after)) this.#replace(node, after, pair);
  }

  /** Goes into a map or list whose entries differ only in part. */
  #inside(node: Node, before: unknown, after: unknown): boolean {
    if (isMap(before) && isMap(after)) {
      if (isAlias(node)) throw sharedBy(node.source);
      const isKept = Object.keys(before).some((key) => Object.hasOwn(after, key));
      if (!this.#deep || !isMapNode<Node, Node | null>(node) || !isKept) return false;
      this.map(node, before, after);
      return true;
    }
    if (!Array.isArray(before) || !Array.isArray(after)) return false;
    if (isAlias(node)) throw sharedBy(node.source);
    if (!this.#deep || !isSeq<Node>(node) || before.length === 0 || after.length === 0) return false;
    this.#list(node, before, after);
    return true;
  }

  #list(node: YAMLSeq<Node>, before: readonly unknown[], after: readonly unknown[]): void {
    const { prefix, suffix } = commonEnds(before, after);
    const paired = Math.min(before.length, after.length) - prefix - suffix;
    for (let index = prefix; index < prefix + paired; index++) {
      const item = itemAt(node, index);
      if (!this.#inside(item, before[index], after[index])) this.#replace(item, after[index], undefined);
    }
    const removed = before.map((_, index) => index >= prefix + paired && index < before.length - suffix);
    const added = after.slice(prefix + paired, after.length - suffix);
    if (node.flow === true) this.#flowList(node, removed, added, prefix + paired);
    else this.#blockList(node, removed, added, prefix + paired);
  }

  #blockMap(
    node: YAMLMap<Node, Node | null>,
    removed: readonly boolean[],
    added: readonly (readonly [string, unknown])[],
  ): void {
    const spans = spansOfMap(this.#source.text, node);
    this.#removeLines(spans, removed);
    const last = spans.findLast((_, index) => removed[index] !== true);
    const indent = this.#source.before(startOf(node.items[0]?.key)).length;
    for (const [key, value] of added) {
      if (last === undefined) throw new CannotRewrite("layout", "no field is left to write below");
      const line = " ".repeat(indent) + fieldYaml(key, value, indent, this.#source.eol);
      this.splices.push(this.#source.lineAfter(last.end, line));
    }
  }

  #blockList(node: YAMLSeq<Node>, removed: readonly boolean[], added: readonly unknown[], at: number): void {
    const spans = spansOfList(this.#source.text, node);
    this.#removeLines(spans, removed);
    if (added.length === 0) return;
    const above = spans[at - 1];
    const first = spans[0]?.start ?? 0;
    if (above === undefined && this.#source.before(first).trim() !== "") {
      throw new CannotRewrite("layout", "the list begins behind something else");
    }
    const indent = " ".repeat(this.#source.before(first).length);
    const text = added.map((value) => `${indent}- ${inlineYaml(value)}`).join(this.#source.eol);
    this.splices.push(
      above === undefined ? this.#source.lineBefore(first, text) : this.#source.lineAfter(above.end, text),
    );
  }

  #removeLines(spans: readonly Span[], removed: readonly boolean[]): void {
    for (const [index, { start, end }] of spans.entries()) {
      if (removed[index] !== true) continue;
      if (this.#source.before(start).trim() !== "") {
        throw new CannotRewrite("layout", "what is to be removed shares its line with something else");
      }
      this.splices.push(this.#source.wholeLines(start, end));
    }
  }

  #flowMap(
    node: YAMLMap<Node, Node | null>,
    removed: readonly boolean[],
    added: readonly (readonly [string, unknown])[],
  ): void {
    const spans = spansOfMap(this.#source.text, node);
    this.splices.push(...removeRuns(this.#source.text, spans, removed));
    const last = spans.findLast((_, index) => removed[index] !== true);
    if (last === undefined || added.length === 0) return;
    const text = added.map(([key, value]) => `, ${scalarYaml(key)}: ${inlineYaml(value)}`).join("");
    this.splices.push({ start: last.end, end: last.end, text });
  }

  #flowList(node: YAMLSeq<Node>, removed: readonly boolean[], added: readonly unknown[], at: number): void {
    const spans = spansOfList(this.#source.text, node);
    this.splices.push(...removeRuns(this.#source.text, spans, removed));
    if (added.length === 0) return;
    const above = spans[at - 1];
    const first = spans[0]?.start ?? 0;
    const text = added.map(inlineYaml).join(", ");
    this.splices.push(
      above === undefined
        ? { start: first, end: first, text: `${text}, ` }
        : { start: above.end, end: above.end, text: `, ${text}` },
    );
  }

  #replace(node: Node, after: unknown, pair: Entry | undefined): void {
    const start = startOf(node);
    const end = endOf(this.#source.text, node);
    const text = inlineYaml(after);
    if (pair === undefined || !isBlockCollection(node)) {
      this.splices.push({ start, end, text });
      return;
    }
    const colon = colonOf(pair);
    if (colon === undefined || node.anchor !== undefined) throw sharedBy(node.anchor ?? keyOf(pair));
    this.splices.push({ start: colon + 1, end: colon + 1, text: ` ${text}` });
    this.splices.push({ start: this.#source.lineEnd(colon), end: this.#source.lineEnd(end), text: "" });
  }
}

function itemAt(node: YAMLSeq<Node>, index: number): Node {
  const item = node.items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}

function sharedBy(anchor: string): CannotRewrite {
  return new CannotRewrite("alias", `the value comes from &${anchor}, which others use too`);
}

function commonEnds(
  before: readonly unknown[],
  after: readonly unknown[],
): { prefix: number; suffix: number } {
  const shorter = Math.min(before.length, after.length);
  const isSame = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);
  let prefix = 0;
  while (prefix < shorter && isSame(before[prefix], after[prefix])) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && isSame(before.at(-1 - suffix), after.at(-1 - suffix))) suffix++;
  return { prefix, suffix };
}
