import type { Issue } from "./issue.ts";

export interface RenderOptions {
  /** Put before every file name, so that a click opens it: `cluster.d/`. */
  readonly prefix?: string;
}

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
  const number = String(issue.line).padStart(3);
  const shown = withoutControls(excerpt);
  const marks = "^".repeat(Math.max(1, issue.endColumn - issue.column));
  const indent = withoutControls(excerpt.slice(0, issue.column - 1)).replace(/[^\t]/g, " ");
  return `${number} | ${shown}\n${" ".repeat(number.length)} | ${indent}${marks}\n`;
}

/** A file must not be able to write to the terminal of the one who reads its errors. */
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, "\ufffd");
}
