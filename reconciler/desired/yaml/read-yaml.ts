import { parseAllDocuments, Schema, type Document, type YAMLParseError } from "yaml";

import { composeValue } from "./compose-value.ts";
import { countLines } from "./text-lines.ts";
import type { YamlProblem } from "./yaml-problem.ts";

export interface YamlDocument {
  /** Which of the file's documents it is, empty ones counted. */
  readonly index: number;
  readonly ast: Document.Parsed;
  /** Where its first field is: the offset, and the line from 1. */
  readonly start: number;
  readonly line: number;
  /** Plain JSON; undefined where the text is too broken to say. */
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
}

/** One schema for all files: making one takes as long as reading a small document. */
const coreSchema = new Schema({ schema: "core", resolveKnownTags: false });

/** The documents of a file as the parser sees them: YAML 1.2, positions kept, nothing converted. */
export function parseYaml(
  text: string,
  options: { readonly keepSourceTokens?: boolean } = {},
): Document.Parsed[] {
  return parseAllDocuments(text, {
    schema: coreSchema,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "silent",
    keepSourceTokens: options.keepSourceTokens ?? false,
  });
}

/** The documents of a file that hold anything, as plain JSON. */
export function readYaml(text: string): readonly YamlDocument[] {
  const documents: YamlDocument[] = [];
  let line = 1;
  let counted = 0;
  for (const [index, ast] of parseYaml(text).entries()) {
    const start = ast.contents?.range[0] ?? ast.range[0];
    line += countLines(text, counted, start);
    counted = Math.max(counted, start);
    const isPlain = ast.errors.length === 0 && !text.includes("%");
    const problems = isPlain ? [] : [...syntaxProblems(ast.errors), ...directiveProblems(ast, text)];
    if (problems.length > 0) {
      documents.push({ index, ast, start, line, value: undefined, problems });
    } else if (!isEmpty(ast)) {
      documents.push({ index, ast, start, line, ...composeValue(ast, text) });
    }
  }
  return documents;
}

function isEmpty(ast: Document.Parsed): boolean {
  const contents = ast.contents;
  return contents === null || (contents.range[0] === contents.range[1] && contents.tag === undefined);
}

/** One problem a line: what follows on the same line is mostly a consequence. */
function syntaxProblems(errors: readonly YAMLParseError[]): readonly YamlProblem[] {
  return errors.slice(0, 10).map((error) => ({
    code: error.code === "TAB_AS_INDENT" ? "yaml.tab" : "yaml.syntax",
    start: error.pos[0],
    end: Math.max(error.pos[1], error.pos[0] + 1),
    message: error.message.charAt(0).toLowerCase() + error.message.slice(1),
    advice: syntaxAdvice(error),
  }));
}

function syntaxAdvice(error: YAMLParseError): string {
  if (error.code === "MISSING_CHAR" && error.message.includes("map keys")) {
    return "put a colon and a space after the key";
  }
  const isUnclosed = error.message.includes("and end with a");
  if (isUnclosed) return "close what was opened before it: a bracket or a brace";
  return syntaxAdvices[error.code] ?? "put a value that holds one of : # [ ] { } , & * ! | > % @ ` in quotes";
}

const syntaxAdvices: Partial<Record<YAMLParseError["code"], string>> = {
  TAB_AS_INDENT: "write spaces",
  BAD_INDENT: "indent it like the lines that belong together with it",
  MISSING_CHAR: "close what was opened before it: a quote, a bracket or a brace",
  BLOCK_AS_IMPLICIT_KEY: "put a value that holds a colon in quotes, or the nested map on lines of its own",
  RESOURCE_EXHAUSTION: "nest less deeply",
  BAD_ALIAS: "write the value itself",
  ALIAS_PROPS: "write the value itself",
};

function directiveProblems(ast: Document.Parsed, text: string): readonly YamlProblem[] {
  const { yaml, tags } = ast.directives;
  const isPlain =
    (yaml.explicit !== true || yaml.version === "1.2") && Object.keys(tags).every((tag) => tag === "!!");
  if (isPlain) return [];
  const start = Math.max(0, text.lastIndexOf("%", ast.range[0]));
  const advice = "remove the lines that start with %";
  return [{ code: "yaml.directive", start, end: start + 1, message: "a directive", advice }];
}
