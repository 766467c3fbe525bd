import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type Pair } from "yaml";

import type { Finding } from "../issues/finding.ts";

/** The offsets of what a finding is about; where the path leads nowhere, of the nearest thing above it. */
export function locate(
  ast: Document.Parsed,
  finding: Pick<Finding, "path" | "at">,
): readonly [number, number] {
  let node: Node | null = resolved(ast, ast.contents);
  let place = startOf(node);
  for (const [depth, part] of finding.path.entries()) {
    const isLast = depth === finding.path.length - 1;
    const step = stepInto(node, part);
    if (step === undefined) return place;
    if (isLast && finding.at === "key") return step.key;
    place = step.value;
    node = resolved(ast, step.node);
  }
  return finding.at === "start" ? startOf(node) : place;
}

interface Step {
  readonly node: Node | null;
  readonly key: readonly [number, number];
  readonly value: readonly [number, number];
}

function stepInto(node: Node | null, part: string): Step | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
    return pair === undefined ? undefined : pairStep(pair);
  }
  if (!isSeq<Node | null>(node)) return undefined;
  const item = part.startsWith("[")
    ? node.items.find((entry) => nameOf(entry) === part.slice(1, -1))
    : node.items[Number(part)];
  if (item === undefined) return undefined;
  const range = rangeOf(item);
  return { node: item, key: range, value: range };
}

/** A value that is not written is shown at its key. */
function pairStep(pair: Pair<Node, Node | null>): Step {
  const key = rangeOf(pair.key);
  const value = rangeOf(pair.value);
  return { node: pair.value, key, value: value[0] === value[1] ? key : value };
}

function nameOf(entry: Node | null): unknown {
  return isMap(entry) ? entry.get("name") : undefined;
}

function startOf(node: Node | null): readonly [number, number] {
  const first = isMap<Node, Node | null>(node) ? node.items[0]?.key : undefined;
  return rangeOf(first ?? node);
}

function rangeOf(node: Node | null): readonly [number, number] {
  return [node?.range?.[0] ?? 0, node?.range?.[1] ?? 0];
}

function resolved(ast: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(ast) ?? null) : node;
}
