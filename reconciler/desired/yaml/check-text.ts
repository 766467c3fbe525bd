import { Lexer } from "yaml";

import type { YamlProblem } from "./yaml-problem.ts";

/** What is wrong with a file before anyone parses it: these make the parser's own complaints misleading. */
export function unfitText(text: string): readonly YamlProblem[] {
  if (text.trim() === "") {
    const advice = "delete the file, or leave a comment in it";
    return [{ code: "file.empty", start: 0, end: 0, message: "the file is empty: half-saved?", advice }];
  }
  const zero = text.indexOf("\u0000");
  if (zero !== -1) {
    const message = "the file holds zero bytes: half-saved?";
    return [
      { code: "file.not-text", start: zero, end: zero + 1, message, advice: "save it again, as UTF-8 text" },
    ];
  }
  return conflictMarkers(text);
}

/** Tabs anywhere but in comments. */
export function tabs(text: string): readonly YamlProblem[] {
  if (!text.includes("\t")) return [];
  const problems: YamlProblem[] = [];
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (isMark(token)) continue;
    const tab = token.startsWith("#") ? -1 : token.indexOf("\t");
    if (tab !== -1) {
      const start = offset + tab;
      const end = start + (/^\t+/.exec(token.slice(tab))?.[0].length ?? 1);
      problems.push({ code: "yaml.tab", start, end, message: "a tab character", advice: "write spaces" });
    }
    offset += token.length;
  }
  return problems;
}

function conflictMarkers(text: string): readonly YamlProblem[] {
  if (!text.includes("<<<<<<<") && !text.includes(">>>>>>>")) return [];
  return [...text.matchAll(/^(?:<{7}|={7}|>{7})(?=[ \r\n]|$)/gm)].map((match) => ({
    code: "yaml.conflict-marker",
    start: match.index,
    end: match.index + 7,
    message: "an unresolved merge conflict",
    advice: "keep one of the two sides, and remove the three marker lines",
  }));
}

/** The lexer announces documents and scalars by control characters that are not in the text. */
function isMark(token: string): boolean {
  return token === "\u0002" || token === "\u0018" || token === "\u001f";
}
