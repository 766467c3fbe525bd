/**
 * A linter rule: how hard a function is to follow. Each branch and loop costs one, and one more for each that it stands
 * in; `a && b && c` costs one, `??` and `?.` nothing: filling in defaults reads easily, which is where the linter's own
 * `complexity` errs. A function within a function is measured by itself. After G. Ann Campbell, "Cognitive Complexity".
 */
import type { Rule } from "eslint";

const limit = 15;

export const cognitiveComplexity: Rule.RuleModule = {
  meta: {
    type: "suggestion",
    messages: { tooComplex: "This function has a cognitive complexity of {{cost}}; {{limit}} is the limit." },
  },
  create(context) {
    const check = (node: Rule.Node & { readonly body: unknown }): void => {
      const cost = costOf(node.body, 0, context.sourceCode.visitorKeys);
      if (cost <= limit) return;
      context.report({ node, messageId: "tooComplex", data: { cost: String(cost), limit: String(limit) } });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Names of the properties that hold a node's children, by its type. */
type VisitorKeys = Readonly<Record<string, readonly string[] | undefined>>;

function costOf(node: unknown, nesting: number, keys: VisitorKeys): number {
  if (!isNode(node)) return 0;
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return 0;
    case "IfStatement":
      return 1 + nesting + costOfIf(node, nesting, keys);
    case "ConditionalExpression":
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "SwitchStatement":
    case "CatchClause":
      return 1 + nesting + costOfChildren(node, nesting + 1, keys);
    case "LogicalExpression":
      return (beginsRun(node) ? 1 : 0) + costOfChildren(node, nesting, keys);
    case "BreakStatement":
    case "ContinueStatement":
      return isNode(node["label"]) ? 1 : 0;
    default:
      return costOfChildren(node, nesting, keys);
  }
}

/** `else` and `else if` cost one each, however deep: the reader is there already. */
function costOfIf(node: SyntaxNode, nesting: number, keys: VisitorKeys): number {
  const { test, consequent, alternate } = node;
  const branches = costOf(test, nesting, keys) + costOf(consequent, nesting + 1, keys);
  if (!isNode(alternate)) return branches;
  const chained = alternate.type === "IfStatement";
  return branches + 1 + (chained ? costOfIf(alternate, nesting, keys) : costOf(alternate, nesting + 1, keys));
}

function costOfChildren(node: SyntaxNode, nesting: number, keys: VisitorKeys): number {
  const children = (keys[node.type] ?? []).flatMap((key) => node[key]);
  return children.reduce<number>((sum, child) => sum + costOf(child, nesting, keys), 0);
}

/** The outermost of the same operators in a row. */
function beginsRun({ operator, parent }: SyntaxNode): boolean {
  if (operator === "??") return false;
  return !(isNode(parent) && parent.type === "LogicalExpression" && parent["operator"] === operator);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
