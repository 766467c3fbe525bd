import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Scalar, type YAMLMap } from "yaml";

import type { IssueCode } from "../issues/issue-codes.ts";
import { booleanInYaml11, isAmbiguousScalar } from "./ambiguous-scalar.ts";
import { TextLines } from "./text-lines.ts";
import type { YamlProblem } from "./yaml-problem.ts";

/** Aliases that one document may use, counted after expansion: what they expand to stays small. */
const aliasesMax = 100;

/** A document's nodes as plain JSON, and everything in them that is legal YAML but not legal here. */
export function composeValue(
  ast: Document.Parsed,
  text: string,
): { readonly value: unknown; readonly problems: readonly YamlProblem[] } {
  const composer = new ValueComposer(ast, text);
  const value = composer.compose(ast.contents);
  return { value, problems: composer.problems };
}

class ValueComposer {
  readonly problems: YamlProblem[] = [];
  readonly #ast: Document.Parsed;
  readonly #text: string;
  #aliases = 0;

  constructor(ast: Document.Parsed, text: string) {
    this.#ast = ast;
    this.#text = text;
  }

  compose(node: Node | null): unknown {
    if (isScalar(node)) return this.#scalar(node);
    if (isMap(node)) return this.#map(node);
    if (isSeq<Node | null>(node)) {
      this.#refuseTag(node);
      return node.items.map((item) => this.compose(item));
    }
    return isAlias(node) ? this.#alias(node) : null;
  }

  #scalar(node: Scalar): unknown {
    this.#refuseTag(node);
    if (node.type === "PLAIN" && node.source !== undefined && isAmbiguousScalar(node.source)) {
      const quoted = `put it in quotes: "${node.source}"`;
      const advice =
        typeof node.value === "number" ? `write ${node.value}; if it is text, ${quoted}` : quoted;
      this.#add("yaml.ambiguous-scalar", node, ambiguity(node.source), advice);
    }
    return node.value;
  }

  #map(node: YAMLMap): Record<string, unknown> {
    this.#refuseTag(node);
    const result: Record<string, unknown> = {};
    for (const { key, value } of node.items) {
      if (!isScalar(key) || typeof key.value !== "string" || key.value === "__proto__") {
        this.#add("yaml.key", isNodeLike(key) ? key : node, "this can not be a key", "write a field's name");
        continue;
      }
      this.#refuseTag(key);
      if (Object.hasOwn(result, key.value)) {
        this.#duplicate(node, key, key.value);
        continue;
      }
      if (isEmptyValue(value)) {
        const advice = "write a value, write null to take back a profile's, or remove the line";
        this.#add("yaml.empty-value", key, `${key.value} has no value`, advice);
      }
      result[key.value] = isNodeLike(value) ? this.compose(value) : null;
    }
    return result;
  }

  #alias(node: Node): unknown {
    if (!isAlias(node)) return null;
    this.#aliases += 1;
    if (this.#aliases > aliasesMax) {
      if (this.#aliases === aliasesMax + 1) {
        const message = `more than ${aliasesMax} aliases, counted after expansion`;
        this.#add("yaml.alias", node, message, "write the values themselves, or use a Profile");
      }
      return null;
    }
    const target = node.resolve(this.#ast);
    if (target !== undefined) return this.compose(target);
    this.#add(
      "yaml.alias",
      node,
      `*${node.source} has no anchor above it`,
      `write &${node.source} at the value`,
    );
    return null;
  }

  #duplicate(map: YAMLMap, key: Scalar, name: string): void {
    const first = map.items.find((item) => isScalar(item.key) && item.key.value === name)?.key;
    const line = isScalar(first) ? new TextLines(this.#text).at(first.range?.[0] ?? 0).line : 0;
    this.#add(
      "yaml.duplicate-key",
      key,
      `${name} is said twice: here and in line ${line}`,
      "remove one of the two",
    );
  }

  #refuseTag(node: Node): void {
    if (node.tag === undefined) return;
    const advice = 'remove it; text that looks like a number needs quotes: "10"';
    this.#add("yaml.tag", node, `the tag ${node.tag.replace("tag:yaml.org,2002:", "!!")}`, advice);
  }

  #add(code: IssueCode, node: Node, message: string, advice: string): void {
    const start = node.range?.[0] ?? 0;
    const end = node.range?.[1] ?? start + 1;
    this.problems.push({ code, start, end, message, advice });
  }
}

function isNodeLike(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}

/** Nothing after the colon, as opposed to a written `null`. */
function isEmptyValue(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return isScalar(value) && value.type === "PLAIN" && value.source === "" && value.anchor === undefined;
}

function ambiguity(source: string): string {
  const meaning = booleanInYaml11(source);
  if (meaning !== undefined) return `${source} is text in YAML 1.2, but ${String(meaning)} in YAML 1.1`;
  return `${source} means different things in YAML 1.1 and YAML 1.2`;
}
