/** Errors as the API tells them: problem details (RFC 9457) from the one catalogue. */
import type { ErrorCode, KeelError } from "../model/errors.ts";

export const problemType = "application/problem+json";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode | "defect";
  readonly detail: string;
  readonly advice: string;
  readonly details: readonly string[];
}

export function problemOf(error: KeelError, details: readonly string[] = []): Problem {
  const { code, http, message, advice } = error;
  return { ...named(code), status: http, code, detail: message, advice, details };
}

/** What is no error of the catalogue is a defect. Where it came from is in the log, and nobody else's business. */
export function defectProblem(): Problem {
  return {
    ...named("defect"),
    status: 500,
    code: "defect",
    detail: "Something went wrong inside.",
    advice: "This is a defect of keel, not of your cluster; its log says where it came from.",
    details: [],
  };
}

/** An error with more lines about it, such as each thing that is wrong in a document. */
export class DetailedError extends Error {
  readonly error: KeelError;
  readonly details: readonly string[];

  constructor(error: KeelError, details: readonly string[]) {
    super(error.message, { cause: error });
    this.name = "DetailedError";
    this.error = error;
    this.details = details;
  }
}

function named(code: ErrorCode | "defect"): Pick<Problem, "type" | "title"> {
  const words = code.replaceAll("-", " ");
  const type = `urn:evenkeel:error:${code}`;
  return { type, title: `${words.charAt(0).toUpperCase()}${words.slice(1)}` };
}
