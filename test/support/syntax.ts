/** What the tests about the sources themselves want to know of one file; read with the compiler's own parser. */
import ts from "typescript";

import type { SourceFile } from "./sources.ts";

export interface Syntax {
  /** What is imported or re-exported, types too, as it is written there. */
  readonly imports: readonly string[];
  readonly objects: readonly ObjectLiteral[];
  /** Each name that is declared here, once. */
  readonly declared: readonly string[];
  /** Text of string literals without `${}`, property names in quotes included. */
  readonly strings: ReadonlySet<string>;
  /** Called functions as written: `it.only`, `describe`. */
  readonly calls: readonly string[];
}

/** An object literal: its line, its property names, and the value of `kind` where that is a plain string. */
export interface ObjectLiteral {
  readonly line: number;
  readonly properties: readonly string[];
  readonly kind: string | null;
}

export function parse(file: SourceFile): Syntax {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, false);
  const imports: string[] = [];
  const objects: ObjectLiteral[] = [];
  const declared = new Set<string>();
  const strings = new Set<string>();
  const calls: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = importOf(node);
    if (specifier !== null) imports.push(specifier);
    if (ts.isObjectLiteralExpression(node)) objects.push(objectOf(node, source));
    if (ts.isStringLiteralLike(node)) strings.add(node.text);
    if (ts.isCallExpression(node)) calls.push(node.expression.getText(source));
    if (isDeclaration(node) && ts.isIdentifier(node.name)) declared.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { imports, objects, declared: [...declared], strings, calls };
}

function importOf(node: ts.Node): string | null {
  const from = specifierOf(node);
  return from !== undefined && ts.isStringLiteralLike(from) ? from.text : null;
}

/** Static, re-exported, dynamic and `import("x")` types. */
function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return node.arguments[0];
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  return undefined;
}

function objectOf(node: ts.ObjectLiteralExpression, source: ts.SourceFile): ObjectLiteral {
  const named = node.properties.flatMap((property) =>
    property.name !== undefined && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
      ? [{ name: property.name.text, property }]
      : [],
  );
  const kind = named.find(({ name }) => name === "kind")?.property;
  return {
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
    properties: named.map(({ name }) => name),
    kind: kind !== undefined && ts.isPropertyAssignment(kind) ? plainText(kind.initializer) : null,
  };
}

/** `"x"` and `"x" as const`. */
function plainText(node: ts.Expression): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isAsExpression(node) ? plainText(node.expression) : null;
}

function isDeclaration(node: ts.Node): node is ts.NamedDeclaration & { readonly name: ts.Node } {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isParameter(node)
  );
}
