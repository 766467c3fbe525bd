import type { Issue } from "./issue.ts";

export interface RenderOptions {
  /** Put before every file name, so that a click opens it: `cluster.d/`. */
  readonly prefix?: string;
}

const widthMax = 160;
const contextBefore = 60;

/**
 * The issues as text: `file:line:column code  message`, the line with what is meant marked below it, and what to write
 * instead.
 */
export function renderIssues(issues: readonly Issue[], options: RenderOptions = {}): string {
  return issues.map((issue) => renderIssue(issue, options.prefix ?? "")).join("\n");
}

function renderIssue(issue: Issue, prefix: string): string {
  const severity = issue.severity === "warning" ? "warning: " : "";
  const head = `${prefix}${issue.file}:${issue.line}:${issue.column} ${issue.code}  ${severity}${issue.message}\n`;
  return `${head}${issue.excerpt === null ? "" : frame(issue, issue.excerpt)}    = ${issue.advice}\n`;
}

function frame(issue: Issue, excerpt: string): string {
  // Of a very long line, the part around what is marked.
  const from = excerpt.length > widthMax ? Math.max(0, issue.column - 1 - contextBefore) : 0;
  const shown = withoutControls(excerpt.slice(from, from + widthMax));
  const number = String(issue.line).padStart(3);
  const indent = shown.slice(0, issue.column - 1 - from).replace(/[^\t]/gu, " ");
  const marks = "^".repeat(Math.max(1, Math.min(issue.endColumn - issue.column, widthMax - indent.length)));
  return `${number} | ${shown}\n${" ".repeat(number.length)} | ${indent}${marks}\n`;
}

/** A file must not be able to write to the terminal of the one who reads its errors. */
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "\ufffd");
}
