/** The one way in which `keel fmt` lays documents out. What they say, the order of it, and comments stay. */
import { CST, Lexer } from "yaml";

import { canonicalJson } from "../canonical-json.ts";
import { parseYaml, readYaml } from "../yaml/read-yaml.ts";

/** Of a document's start, a flow's end and a scalar: no text of the file. */
const lexerMarks: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

export type Formatted =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

/**
 * Two blanks of indentation, also for lists; one blank where there are several; `{ a: 1 }` and `[1, 2]`, as Prettier has
 * it; at most one empty line; no line is broken or joined. The outcome is read again: where it would not say the same,
 * with the same comments, nothing is done.
 */
export function formatText(text: string): Formatted {
  const documents = parseYaml(text);
  if (documents.some(({ errors }) => errors.length > 0)) return { ok: false, why: "it is no legal YAML" };
  const parts = documents.map((document) => {
    if (document.directives !== undefined) document.directives.docStart = null;
    return document.toString({ lineWidth: 0, indent: 2, flowCollectionPadding: false });
  });
  const formatted = withPaddedMaps(withoutBlankRuns(parts.join("---\n")));
  if (!saysTheSame(text, formatted))
    return { ok: false, why: "it is laid out in a way that would lose a comment" };
  return { ok: true, text: formatted };
}

function withoutBlankRuns(text: string): string {
  return `${text.replace(/^\n+/, "").replace(/\n+$/, "")}\n`;
}

/** The writer pads all brackets or none. */
function withPaddedMaps(text: string): string {
  const lexemes = [...new Lexer().lex(text)].filter((lexeme) => !lexerMarks.has(lexeme));
  return lexemes
    .map((lexeme, index) => {
      if (lexeme === "{" && !/^[}\s]/.test(lexemes[index + 1] ?? "")) return "{ ";
      if (lexeme === "}" && !/^[{\s]/.test(lexemes[index - 1] ?? "")) return " }";
      return lexeme;
    })
    .join("");
}

function saysTheSame(before: string, after: string): boolean {
  const values = (text: string) => canonicalJson(readYaml(text).map(({ value }) => value ?? null));
  return values(before) === values(after) && comments(before) === comments(after);
}

function comments(text: string): string {
  return [...new Lexer().lex(text)]
    .filter((lexeme) => lexeme.startsWith("#"))
    .map((comment) => comment.trimEnd())
    .join("\n");
}
