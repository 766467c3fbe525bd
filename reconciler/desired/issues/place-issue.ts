import type { TextLines } from "../yaml/text-lines.ts";
import { issueCodes, type IssueCode } from "./issue-codes.ts";
import type { Issue } from "./issue.ts";

export interface Placement {
  readonly file: string;
  readonly lines: TextLines;
  readonly start: number;
  readonly end: number;
  /** Leads to what is marked; a path through a secret has its whole line masked. */
  readonly path?: readonly string[];
}

export interface Problem {
  readonly code: IssueCode;
  readonly message: string;
  readonly advice: string;
}

/** A problem with its place in a text. What is marked ends with the line. */
export function placeIssue({ code, message, advice }: Problem, placement: Placement): Issue {
  const { file, lines, start, end, path = [] } = placement;
  const { line, column } = lines.at(start);
  const text = lines.lineText(line);
  const endColumn = Math.max(column + 1, Math.min(column + end - start, text.trimEnd().length + 1));
  const excerpt = maskSecrets(text, path);
  return {
    code,
    severity: issueCodes[code].severity,
    file,
    line,
    column,
    endColumn,
    message,
    advice,
    excerpt,
  };
}

/** A problem of a file, or of an object, as a whole. */
export function wholeIssue({ code, message, advice }: Problem, file: string, line = 1): Issue {
  const severity = issueCodes[code].severity;
  return { code, severity, file, line, column: 1, endColumn: 2, message, advice, excerpt: null };
}

const secretField = /((?:pass|secret|token)[\w-]*["']?\s*:\s*)(?!\s|\{\s*(?:file|credential|env)\s*:)(.+)$/i;
const secretKey = /pass|secret|token/i;
const references = ["file", "credential", "env"];

/** Whether what is marked lies inside a secret, and is not the reference that should be there. */
function isInsideSecret(path: readonly string[]): boolean {
  const at = path.findIndex((part) => secretKey.test(part));
  return at !== -1 && !references.includes(path[at + 1] ?? "");
}

/** What may be a secret's value is never shown; the line keeps its length. */
function maskSecrets(text: string, path: readonly string[]): string {
  const masked = text.replace(secretField, (_, key: string, value: string) => key + stars(value));
  if (masked !== text || !isInsideSecret(path)) return masked;
  const afterKey = text.indexOf(":") + 1;
  return text.slice(0, afterKey) + stars(text.slice(afterKey));
}

function stars(value: string): string {
  return value.replace(/\S/g, "*");
}
