import type { IssueCode } from "../issues/issue-codes.ts";

/** A problem of the text itself; `start` and `end` are offsets into it. */
export interface YamlProblem {
  readonly code: IssueCode;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly advice: string;
}
