/** Errors as people and programs read them. */
import { KeelError, type ErrorCode, type ExitCode } from "../reconciler/model/errors.ts";
import type { StoreError } from "../reconciler/store/store.ts";
import { asError } from "../reconciler/model/thrown.ts";

/** What `-o json` gets on standard error where a command fails. */
export interface ErrorReport {
  readonly error: {
    readonly code: ErrorCode | "defect";
    readonly message: string;
    readonly advice: string;
    readonly exit: ExitCode;
  };
}

/** `error: what happened`, and below it what to do; or one JSON object. */
export function renderError(error: KeelError, asJson: boolean): string {
  if (asJson)
    return jsonOf({ code: error.code, message: error.message, advice: error.advice, exit: error.exit });
  return `error: ${error.message}\n${indented(error.advice)}\n`;
}

/** Something that is no error of the catalogue is a defect: it shows where it came from. */
export function renderDefect(thrown: unknown, asJson: boolean): string {
  const error = asError(thrown);
  const advice =
    "This is a defect of keel, not of your cluster. Nothing is known to have been changed by it.";
  if (asJson) return jsonOf({ code: "defect", message: error.message, advice, exit: 1 });
  return `error: ${error.message}\n${indented(advice)}\n${error.stack ?? ""}\n`;
}

/** What a store's failure means to the user. `endpoints`: where it was looked for. */
export function storeProblem(error: StoreError, endpoints: readonly string[]): KeelError {
  const where = endpoints.join(", ");
  const why = error.cause instanceof Error ? error.cause.message : error.message;
  switch (error.code) {
    case "unreachable":
      return new KeelError("store-unreachable", { endpoints: where, why }, { cause: error });
    case "ambiguous":
      return failed(
        error,
        `writing to the store at ${where}`,
        "It may have been written: look before you repeat it.",
      );
    case "denied":
      return failed(
        error,
        `reaching the store at ${where}`,
        "Show it a certificate that may do so: KEEL_STORE_CERT, KEEL_STORE_KEY.",
      );
    case "no-space":
      return failed(
        error,
        `writing to the store at ${where}`,
        "Its quota is used up: compact and defragment it, then disarm its alarm.",
      );
    case "too-large":
    case "lease-gone":
      return failed(error, `writing to the store at ${where}`, "Repeat the command.");
    case "rejected":
      return new KeelError("store-damaged", { why: error.message }, { cause: error });
  }
}

function failed(error: StoreError, what: string, advice: string): KeelError {
  return new KeelError("failed", { what, why: error.message, advice }, { cause: error });
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}

function jsonOf(error: ErrorReport["error"]): string {
  const report: ErrorReport = { error };
  return `${JSON.stringify(report)}\n`;
}
