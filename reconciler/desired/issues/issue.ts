import { byName } from "../../model/names.ts";
import type { IssueCode, Severity } from "./issue-codes.ts";

/** One problem of the desired state, at the place that must change. */
export interface Issue {
  readonly code: IssueCode;
  readonly severity: Severity;
  /** Relative to the folder, with `/`; the object's id where it was not read from a file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** One past the last column that is marked; on the same line. */
  readonly endColumn: number;
  /** What is wrong. */
  readonly message: string;
  /** What to write instead. */
  readonly advice: string;
  /** The line itself, secrets masked; null where it was not read from a file. */
  readonly excerpt: string | null;
}

/** By file, then by place, each problem once. */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  const sorted = [...issues].sort(
    (a, b) =>
      byName(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      byName(a.code, b.code) ||
      byName(a.message, b.message),
  );
  return sorted.filter((issue, index) => {
    const before = sorted[index - 1];
    return before === undefined || !isSame(before, issue);
  });
}

function isSame(a: Issue, b: Issue): boolean {
  const samePlace = a.file === b.file && a.line === b.line && a.column === b.column;
  return samePlace && a.code === b.code && a.message === b.message;
}
